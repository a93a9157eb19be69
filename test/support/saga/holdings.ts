import { shop } from '../../../functions/shop.ts';
import type { Books } from './books.ts';
import type { Row } from './records.ts';

/**
 * P3 and P4, for any participants. A record's last event tells whether its participant holds something: after a step it
 * does, after a failure or a compensation it does not.
 */
export function holdingViolations(sagaId: string, { orders, records }: Books): readonly string[] {
  const status = orders.get(sagaId)?.state.status;
  if (status !== 'CONFIRMED' && status !== 'CANCELLED') return ['P3 not ended'];
  const due = status === 'CONFIRMED' ? 'something' : 'nothing';
  const wrong = undoable
    .filter((service) => holdingOf(records[service].get(sagaId)) !== due)
    .map((service) => `P4 ${service} does not hold ${due}`);
  const unheard = unheardBy(sagaId, { orders, records }).map(
    (service) => `P6 ${service} has not heard of it`,
  );
  return [...wrong, ...unheard];
}

/** Whether a participant that consumes the outcome has not heard it yet. */
export const isUnheard = (sagaId: string, books: Books): boolean => unheardBy(sagaId, books).length > 0;

const others = shop.services.filter((service) => service !== shop.initiator);
const kindsSaidBy = (service: string) => new Set(Object.values(shop.partOf(service).says));

/** A saga waits for these before it succeeds: they can be refused or undone. */
const undoable = others.filter((service) => {
  const kinds = kindsSaidBy(service);
  return kinds.has('failure') || kinds.has('compensation');
});

const listeners = others.filter((service) => !shop.takesPart(service));

function holdingOf(row: Row | undefined): 'nothing' | 'something' | 'unknown' {
  if (row === undefined) return 'nothing';
  const [last] = row.said.toReversed();
  // A participant that still waits for other events has begun nothing.
  if (last === undefined) return row.state.heard === undefined ? 'unknown' : 'nothing';
  return shop.kindOf(last) === 'step' ? 'something' : 'nothing';
}

function unheardBy(
  sagaId: string,
  { orders, records }: Pick<Books, 'orders' | 'records'>,
): readonly string[] {
  const said: readonly string[] = orders.get(sagaId)?.said ?? [];
  return listeners.filter(
    (service) =>
      shop.partOf(service).consumes.some((type) => said.includes(type)) && !records[service].has(sagaId),
  );
}
