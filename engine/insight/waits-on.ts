import type { Saga } from '../saga/saga.ts';
import type { AnyRecord, Part, Seen } from './seen.ts';

/** A participant at which a saga stands: it has yet to hear what others have said, or to say something itself. Neither: unknown. */
export interface WaitsOn {
  readonly service: string;
  readonly toHear?: readonly string[];
  readonly toSay?: readonly string[];
}

/** What a participant's record last said: the types of its events, with their data. */
export const saidIn = ({ outbox = [] }: Partial<Pick<AnyRecord, 'outbox'>>): ReadonlyMap<string, object> =>
  new Map(
    outbox.map((body) => {
      const { type, data } = JSON.parse(body) as { readonly type: string; readonly data: object };
      return [type, data];
    }),
  );

/**
 * At whom a saga stands that has not ended, told by the records alone: nobody, if it has. Without it one would have to
 * compare the records by eye.
 */
export function waitsOn(saga: Saga, { record, parts }: Seen): readonly WaitsOn[] {
  const said = new Map(parts.map((part) => [part.service, [...saidIn(part.record ?? {}).keys()]]));
  switch (record.state.status) {
    case 'PENDING':
      return whilePending(saga, parts, said);
    case 'CANCELLING':
      return whileCancelling(saga, record, parts, said);
    default:
      return 'isUntold' in record.state
        ? [{ service: saga.initiator, toSay: said.get(saga.initiator) ?? [] }]
        : [];
  }
}

type Said = ReadonlyMap<string, readonly string[]>;

function whilePending(saga: Saga, parts: readonly Part[], said: Said): readonly WaitsOn[] {
  const [, ...others] = parts;
  const isSaid = (type: string) => said.get(saga.publisherOf(type))?.includes(type) === true;
  const failed = saga.eventTypes.filter((type) => saga.kindOf(type) === 'failure' && isSaid(type));
  if (failed.length > 0) return [{ service: saga.initiator, toHear: failed }];
  const standing = others.flatMap(({ service, record, unknown }): readonly WaitsOn[] => {
    const { consumes } = saga.partOf(service);
    const toSay = stepsOf(saga, service);
    // Whoever acts after success is not waited for.
    if (toSay.length === 0 || toSay.some(isSaid) || !consumes.every(isSaid)) return [];
    if (unknown !== undefined) return [{ service }];
    return [record === undefined ? { service, toHear: consumes } : { service, toSay }];
  });
  if (standing.length > 0) return standing;
  return [{ service: saga.initiator, toHear: saga.completes.filter(isSaid) }];
}

function whileCancelling(
  saga: Saga,
  { state }: AnyRecord,
  parts: readonly Part[],
  said: Said,
): readonly WaitsOn[] {
  const { failure, answered } = state as unknown as {
    readonly failure: string;
    readonly answered: readonly string[];
  };
  const known = saga.eventTypes.includes(failure) ? failure : saga.initiation.cancels;
  return saga.compensatorsOf(known).flatMap((service): readonly WaitsOn[] => {
    if (answered.includes(service)) return [];
    const answers = (said.get(service) ?? []).filter((type) => isAnswer(saga, type));
    if (answers.length > 0) return [{ service: saga.initiator, toHear: answers }];
    const { record, unknown } = parts.find((part) => part.service === service) ?? {};
    if (unknown !== undefined) return [{ service }];
    const hasHeard = record?.history.some(({ because }) => isFailure(saga, because)) === true;
    return [
      hasHeard ? { service, toSay: typesOf(saga, service, 'compensation') } : { service, toHear: [known] },
    ];
  });
}

const typesOf = (saga: Saga, service: string, kind: string): readonly string[] => {
  const { says } = saga.partOf(service);
  return Object.keys(says).filter((type) => says[type] === kind);
};

const stepsOf = (saga: Saga, service: string): readonly string[] => typesOf(saga, service, 'step');

const isFailure = (saga: Saga, because: string): boolean =>
  saga.eventTypes.includes(because) && saga.kindOf(because) === 'failure';

/** A failure counts as an answer: whoever says it holds nothing. */
const isAnswer = (saga: Saga, type: string): boolean =>
  saga.eventTypes.includes(type) && ['compensation', 'failure'].includes(saga.kindOf(type));
