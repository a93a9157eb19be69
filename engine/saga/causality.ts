import {
  type Declaration,
  type Initiation,
  isInitiation,
  type Participation,
  saidBy,
} from './declaration.ts';
import type { EventKind } from './kinds.ts';

type Parts = Pick<Declaration, 'participants' | 'completes'>;

/** The publisher and the kind of each event. */
export function publications({ participants }: Parts) {
  return new Map(
    Object.entries(participants).flatMap(([service, part]) =>
      Object.entries(saidBy(part)).map(([type, kind]) => [type, { service, kind }] as const),
    ),
  );
}

export const typesOf = (part: Initiation | Participation, kind: EventKind): readonly string[] =>
  Object.entries(saidBy(part)).flatMap(([type, each]) => (each === kind ? [type] : []));

/** Every event that must have happened before a participant acts. */
export function causesOf(service: string, saga: Parts): ReadonlySet<string> {
  const saidBy = publications(saga);
  const causes = new Set<string>();
  const visit = (each: string): void => {
    const part = saga.participants[each];
    // The initiator acts first. The events that it hears end the saga and cause no step.
    if (part === undefined || isInitiation(part)) return;
    for (const type of part.consumes) {
      if (causes.has(type)) continue;
      causes.add(type);
      const publisher = saidBy.get(type)?.service;
      if (publisher !== undefined) visit(publisher);
    }
  };
  visit(service);
  return causes;
}

/** Whether a participant can act only after another one has succeeded. */
const actsAfter = (service: string, other: string, saga: Parts): boolean => {
  const causes = causesOf(service, saga);
  const part = saga.participants[other];
  return part !== undefined && typesOf(part, 'step').some((step) => causes.has(step));
};

/**
 * Who undoes a failure: every participant with a compensation, except the one that failed and those that act only after
 * it has succeeded. The initiator's own failure may come at any time, so all with a compensation answer it.
 */
export function compensatorsOf(failedService: string, saga: Parts): readonly string[] {
  const isOwn = isInitiation(saga.participants[failedService] as Initiation | Participation);
  return Object.entries(saga.participants).flatMap(([service, part]) => {
    if (service === failedService || typesOf(part, 'compensation').length === 0) return [];
    return isOwn || !actsAfter(service, failedService, saga) ? [service] : [];
  });
}

/** Whether a saga can succeed only after this participant has. */
export function isAwaited(service: string, saga: Parts): boolean {
  const part = saga.participants[service];
  if (part === undefined) return false;
  const saidBy = publications(saga);
  return typesOf(part, 'step').some((step) =>
    saga.completes.some((type) => {
      const publisher = saidBy.get(type)?.service;
      return type === step || (publisher !== undefined && causesOf(publisher, saga).has(step));
    }),
  );
}
