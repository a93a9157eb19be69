import { OPERATOR } from '../../engine/http/role.ts';
import { constantCase } from '../../engine/saga/names.ts';
import type { Cast, Player } from './cast.ts';
import type { Coverage } from './coverage.ts';
import type { Deployment } from './deployment.ts';
import { type CallKind, callFaults, deliveryFaults, worldFaults } from './faults.ts';

/** Every kind of call that some function of the service makes. */
const callsOf = (player: Player): readonly CallKind[] => [
  'read',
  'write',
  ...('begins' in player.part || player.part.indexes !== undefined ? (['query'] as const) : []),
  'publish',
  'visit',
  'leave',
  ...(player.outside?.calls ?? callsOfStep(player)),
];

const callsOfStep = ({ step, part }: Player): readonly CallKind[] =>
  step === undefined ? [] : canBe('compensation', part.says) ? ['ask', 'undo'] : ['ask'];

const canBe = (kind: string, says: Player['part']['says']): boolean =>
  Object.values(says).includes(kind as never);

/** Where nobody says how the outside is simulated, it refuses some and undoes some. */
const endsOf = ({ service, part, samples }: Player): readonly string[] =>
  samples === undefined
    ? []
    : [
        `${service} done`,
        ...(canBe('failure', part.says) ? [`${service} refused`] : []),
        ...(canBe('compensation', part.says) ? [`${service} undone`] : []),
        ...(part.consumes.length > 1 ? part.consumes.map((type) => `${service} began with ${type}`) : []),
      ];

/** What of one participant it has to come to: every fault at every call, and every end. */
export const goalsOfPlayer = (player: Player): readonly string[] => [
  ...callsOf(player).flatMap((kind) => callFaults[kind].map((fault) => `${fault}@${player.service}.${kind}`)),
  ...endsOf(player),
];

/** What a run of many seeds has to come to: every fault at every call, and every end of a saga. */
const goalsOf = ({ players, saga, initiator: { service: initiator } }: Cast): readonly string[] => [
  ...players.flatMap(goalsOfPlayer),
  ...deliveryFaults,
  ...worldFaults,
  'timed out',
  'two schedulers',
  'two at once',
  'requests beside each other',
  ...['duplicate', 'stale', 'sold out', 'conflict'].map((culprit) => `group refused: ${culprit}`),
  'crash in a group',
  'unroutable',
  `${initiator} CONFIRMED`,
  ...[saga.ownerRole, OPERATOR, 'deadline'].map((code) => `${initiator} CANCELLED ${constantCase(code)}`),
  '202 for a cancel',
  '409 for a cancel',
  '422 for another body',
  'dead letter: gave up after all attempts',
  'came too often',
];

/** Fewer seeds are not expected to come to all of it. */
const SEEDS_FOR_COVERAGE = 10_000;

/** What never happened in so many seeds, or too seldom, and should have. */
export function uncoveredBy(
  { cast, goals, shares = [] }: Deployment,
  coverage: Coverage,
  seeds: number,
): readonly string[] {
  if (seeds < SEEDS_FOR_COVERAGE) return [];
  const tooSeldom = shares.filter(
    ({ of, among, least }) => coverage.timesOf(of) < least * coverage.timesOf(among),
  );
  return [
    ...coverage.missing([...goalsOf(cast), ...goals, ...shares.map(({ among }) => among)]),
    ...tooSeldom.map(({ of, among }) => `${of}: ${coverage.timesOf(of)} of ${coverage.timesOf(among)}`),
  ];
}
