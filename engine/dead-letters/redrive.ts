import type { Edges } from '../batch/edges.ts';
import type { Participant } from '../batch/participant.ts';
import { fromItem } from '../batch/record.ts';
import { openGenuine } from '../consumer/origin.ts';
import { ORIGIN_HEADER } from '../consumer/rabbitmq-event.ts';
import { open } from '../saga/envelope.ts';
import { queueOf, redriveExchangeOf } from '../saga/routes.ts';
import type { Saga } from '../saga/saga.ts';
import { slotHeader } from '../saga/slots.ts';
import type { DeadLetter } from './dead-letter-queues.ts';

/** What a dead letter would do in the saga's present state. */
export type Prospect =
  /** It would be dead-lettered again, so it stays where it is. */
  | { readonly would: 'stay'; readonly reason: string }
  /** It would be dead-lettered again, after others have been told what to undo. */
  | { readonly would: 'tell'; readonly publishes: readonly string[] }
  | { readonly would: 'ignore'; readonly reason: string }
  | { readonly would: 'apply'; readonly status: string; readonly publishes: readonly string[] }
  | { readonly would: 'repeat'; readonly status: string }
  /** `none`: nothing is written yet. */
  | { readonly would: 'resume'; readonly status: string };

/** Decides on a dead letter without writing or publishing anything. */
export async function prospectOf<
  State extends { readonly status: string },
  Input extends { readonly type: string },
  E,
>(
  { saga, table, reads, decide }: Participant<State, Input, E>,
  { delivery }: Pick<DeadLetter, 'delivery'>,
  { store, userOf, now }: Edges,
): Promise<Prospect> {
  const opened = openGenuine(saga, delivery, userOf);
  if (!opened.ok) return { would: 'stay', reason: opened.reason };
  const fact: unknown = opened.event;
  const key = table.key(opened.event.subject);
  const items = await store.read([...new Set([key, ...(reads?.(fact as Input) ?? [])])]);
  const stored = items.get(key);
  const state = stored && fromItem(table, stored).state;
  const decision = decide(state, fact as Input, (other) => items.get(other), now());
  switch (decision.kind) {
    case 'accept':
      return {
        would: 'apply',
        status: decision.state.status,
        publishes: (decision.says ?? []).map(({ type }) => type),
      };
    case 'repeat':
    case 'resume':
      return { would: decision.kind, status: state?.status ?? 'none' };
    case 'ignore':
    case 'defer':
      return { would: 'ignore', reason: decision.reason };
    case 'refuse':
      // Of a saga that was never placed no schedule tells the others again if they have missed it. A redrive does.
      return decision.says === undefined
        ? { would: 'stay', reason: decision.reason }
        : { would: 'tell', publishes: decision.says.map(({ type }) => type) };
    default:
      return decision satisfies never;
  }
}

/** Moves a dead letter back to its service's queue, as if it had never been tried. */
export async function redrive(
  { saga, service }: { readonly saga: Saga; readonly service: string },
  { delivery, remove }: Pick<DeadLetter, 'delivery' | 'remove'>,
  { publisher }: Edges,
): Promise<void> {
  const { body, messageId, type, contentType, origin } = delivery;
  const opened = open(saga, body);
  await publisher.publish({
    exchange: redriveExchangeOf(service),
    routingKey: queueOf(service),
    body,
    messageId,
    type,
    contentType,
    mandatory: true,
    headers: { ...(opened.ok ? slotHeader(opened.event.subject) : {}), [ORIGIN_HEADER]: origin },
  });
  // Removed last: a crash in between leaves two copies, and participants recognise the duplicate.
  remove();
}
