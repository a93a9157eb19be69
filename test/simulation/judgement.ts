import { isDeepStrictEqual } from 'node:util';
import type { Item } from '../../engine/batch/store.ts';
import { OPERATOR } from '../../engine/http/role.ts';
import { constantCase } from '../../engine/saga/names.ts';
import type { Cast, Player } from './cast.ts';
import { isForgotten, originalOf } from './checker/forgotten.ts';
import { PARTICIPANT_FAILED } from './checker/reasons.ts';
import { roleOf } from './checker/roles.ts';
import { type Row, rowOf, statusOf } from './checker/row.ts';
import type { Simulation } from './simulation.ts';
import { DEADLINE_MS } from './world/world.ts';

/** Who has asked for a saga to be cancelled, in which role. */
export type AskedBy = (sagaId: string, role: string) => boolean;

/** What has to be true of every saga once everything has ended. */
export function judgeSagas(simulation: Simulation, hasAsked: AskedBy): void {
  const { checker, world, coverage } = simulation;
  const { initiator, players } = world.cast;
  for (const item of world.sagas.values()) {
    const { state } = rowOf(item) as Row;
    coverage.count(`${initiator.service} ${state.status} ${state.reason?.code ?? ''}`.trim());
    if (state.status === 'CANCELLED' && !isForgotten(item)) judgeReason(simulation, item, hasAsked);
    const waits = { ...state.waits, ...state.impasses };
    if (Object.keys(waits).length > 0)
      checker.fail(
        'P3',
        `${idOf(item, world.cast)} is ${state.status} and waits for ${JSON.stringify(waits)}`,
      );
    for (const player of players) countPart(simulation, player, idOf(item, world.cast));
  }
  for (const [reason, times] of checker.deadLetterReasons)
    coverage.count(`dead letter: ${reason.slice(0, 40)}`, times);
  coverage.count('came too often', checker.cameTooOften);
}

const idOf = (item: Item, { saga }: Cast): string => String(rowOf(item)?.[saga.id.name]);

/** What a participant has come to, and of those that wait for several events with which it began. */
function countPart({ world, coverage }: Simulation, player: Player, sagaId: string): void {
  const { service, part, samples } = player;
  const item = world.recordOf(service, sagaId);
  if (samples === undefined || item === undefined) return;
  coverage.count(`${service} ${roleOf(player, item)}`);
  if (part.consumes.length > 1)
    coverage.count(`${service} began with ${rowOf(originalOf(item))?.history[0].because}`);
}

/** A saga is cancelled for a reason that is true. */
function judgeReason({ checker, world }: Simulation, item: Item, hasAsked: AskedBy): void {
  const { state, history } = rowOf(item) as Row;
  const { saga, players } = world.cast;
  const sagaId = idOf(item, world.cast);
  const { code } = state.reason;
  if ([saga.ownerRole, OPERATOR].map(constantCase).includes(code)) {
    if (!hasAsked(sagaId, code))
      checker.fail('P4', `${sagaId} is cancelled by a ${code} who did not ask for it`);
  } else if (code === 'DEADLINE') {
    const askedAt = history.find(({ because }: Row) => because === 'nudge')?.at;
    const waitedMs = Date.parse(askedAt) - state.createdAtMs;
    if (!(waitedMs + world.clock.setBackMs >= DEADLINE_MS))
      checker.fail('P4', `${sagaId} passed its deadline after ${waitedMs} ms`);
  } else {
    const reasons = players.flatMap((player) =>
      reasonsOf(player, world.recordOf(player.service, sagaId), saga.owner),
    );
    const isTrue = reasons.some(
      (reason) => code === PARTICIPANT_FAILED || isDeepStrictEqual(reason, state.reason),
    );
    if (!isTrue)
      checker.fail('P4', `${sagaId} is cancelled for ${JSON.stringify(state.reason)}, which nobody says`);
  }
}

/** What a participant's failure says, but for whose saga it is. Its type is the code if it says none. */
function reasonsOf(player: Player, item: Item | undefined, owner: string): readonly Row[] {
  // What was revoked is refused, even if a person had to undo it.
  const known = rowOf(item && originalOf(item));
  if (roleOf(player, item && originalOf(item)) !== 'refused' && known?.state.refusal === undefined) return [];
  const bodies: readonly string[] = known?.outbox;
  return bodies.map((body) => {
    const { type, data } = JSON.parse(body);
    const { [owner]: _, ...said } = data;
    return { ...said, code: typeof said.code === 'string' ? said.code : constantCase(type) };
  });
}

/** Whoever hears of outcomes has heard of the end of every saga, and of one end only. */
export function judgeOutcomes({ checker, world }: Simulation): void {
  const { saga, players } = world.cast;
  const { succeeds, fails } = saga.initiation;
  const listeners = players.filter(({ service }) => !saga.takesPart(service));
  for (const item of world.sagas.values()) {
    const isConfirmed = statusOf(item) === 'CONFIRMED';
    const sagaId = idOf(item, world.cast);
    const [said, unsaid] = isConfirmed ? [succeeds, fails] : [fails, succeeds];
    // Where nobody hears it, a saga may be forgotten before it is said. And if no message ends the saga, a crash after the
    // write may keep it from being said.
    const isAlwaysSaid =
      saga.isHeard(said) ||
      (saga.compensatorsOf(saga.initiation.cancels).length > 0 && !checker.forgottenEarly.has(sagaId));
    if (isAlwaysSaid && !checker.said.has(`${sagaId}:${said}`))
      checker.fail('P4', `nobody was told ${said} of ${sagaId}`);
    if (checker.said.has(`${sagaId}:${unsaid}`))
      checker.fail('P4', `${sagaId} was said to be ${unsaid} and is ${statusOf(item)}`);
    for (const player of listeners) {
      const due = player.part.consumes.includes(said) ? 'done' : 'absent';
      const role = roleOf(player, world.recordOf(player.service, sagaId));
      if (role !== due)
        checker.fail('P4', `${player.service} is ${role} of ${sagaId}, which is ${statusOf(item)}`);
    }
  }
}
