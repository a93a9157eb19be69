import type { Item } from '../../../engine/batch/store.ts';
import type { Service } from '../../../functions/shop.ts';
import type { Invocation } from '../invocation.ts';
import { rowOf, statusOf } from './row.ts';
import { opens } from './transitions.ts';

/** What of a batch concerns one order is handled in the order it came in. What is wrong; undefined if nothing is. */
export function flawOfBatchOrder(
  service: Service,
  before: Item | undefined,
  after: Item,
  { messages, faults, failed, reached }: Invocation,
): string | undefined {
  const orderId = String(rowOf(after)?.orderId);
  const because = String(rowOf(after)?.history?.at(-1)?.because);
  const id = `${orderId}:${because}`;
  const first = messages.findIndex(({ messageId }) => messageId === id);
  if (first < 0) return undefined;
  const last = messages.findLastIndex(({ messageId }) => messageId === id);
  const position = reached.get(orderId) ?? -1;
  if (last < position) return `${because} was handled after what came behind it`;
  reached.set(orderId, Math.max(position, first));
  if (statusOf(before) !== 'NONE' || faults > 0 || failed.size > 0) return undefined;
  const passedOver = messages
    .slice(0, first)
    .find(
      ({ messageId }) =>
        messageId.startsWith(`${orderId}:`) && opens(service, messageId.slice(orderId.length + 1)),
    );
  return passedOver === undefined ? undefined : `${because} was handled before ${passedOver.messageId}`;
}
