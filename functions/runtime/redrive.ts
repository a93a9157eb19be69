import { open } from '../saga/envelope.ts';
import type { Fact } from '../saga/events.ts';
import { queueOf, redriveExchangeOf } from '../saga/routes.ts';
import { slotHeader } from '../saga/slots.ts';
import type { Edges } from './edges.ts';
import { openGenuine } from './origin.ts';
import type { Parked } from './parking.ts';
import type { Participant } from './participant.ts';
import { ORIGIN_HEADER } from './rabbitmq-event.ts';
import { fromItem } from './record.ts';

/** What a parked message would do to the saga's present state. */
export type Prospect =
  /** It can never succeed, or would only be parked again: it stays where it is. */
  | { readonly would: 'stay'; readonly reason: string }
  | { readonly would: 'ignore'; readonly reason: string }
  | { readonly would: 'apply'; readonly status: string; readonly publishes: readonly string[] }
  | { readonly would: 'repeat'; readonly status: string }
  | { readonly would: 'resume'; readonly status: string };

/** Decides on a parked message without writing or publishing anything. */
export async function prospectOf<
  State extends { readonly status: string },
  Input extends { readonly type: string },
  E,
>(
  { table, reads, decide }: Participant<State, Input | Fact, E>,
  { delivery }: Parked,
  { store, userOf }: Edges,
): Promise<Prospect> {
  const opened = openGenuine(delivery, userOf);
  if (!opened.ok) return { would: 'stay', reason: opened.reason };
  const key = table.key(opened.event.subject);
  const items = await store.read([...new Set([key, ...(reads?.(opened.event) ?? [])])]);
  const stored = items.get(key);
  const state = stored && fromItem(table, stored).state;
  const decision = decide(state, opened.event, (other) => items.get(other));
  switch (decision.kind) {
    case 'accept':
      return {
        would: 'apply',
        status: decision.state.status,
        publishes: (decision.says ?? []).map(({ type }) => type),
      };
    case 'repeat':
    case 'resume':
      return { would: decision.kind, status: state?.status ?? 'unknown' };
    case 'ignore':
      return { would: 'ignore', reason: decision.reason };
    case 'refuse':
      return { would: 'stay', reason: decision.reason };
    default:
      return decision satisfies never;
  }
}

/** Moves a parked message back to its service's queue, as if it had never been tried. */
export async function redrive(
  service: Participant<never, never, never>['service'],
  { delivery, remove }: Parked,
  { publisher }: Edges,
): Promise<void> {
  const { body, messageId, type, contentType, origin } = delivery;
  const opened = open(body);
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
  // Only now: a crash in between leaves two, and participants recognise the second one.
  remove();
}
