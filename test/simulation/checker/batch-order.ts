import type { Item } from '../../../engine/batch/store.ts';
import { MAX_RETURNS } from '../../../engine/consumer/settle.ts';
import type { Player } from '../cast.ts';
import type { Invocation } from '../invocation.ts';
import { rowOf, statusOf } from './row.ts';
import { opens } from './transitions.ts';

/** What of a batch concerns one saga is handled in the order it came in. What is wrong; undefined if nothing is. */
export function flawOfBatchOrder(
  player: Player,
  idName: string,
  before: Item | undefined,
  after: Item,
  { messages, faults, failed, reached }: Invocation,
): string | undefined {
  const sagaId = String(rowOf(after)?.[idName]);
  const because = String(rowOf(after)?.history?.at(-1)?.because);
  const id = `${sagaId}:${because}`;
  const first = messages.findIndex(({ messageId }) => messageId === id);
  if (first < 0) return undefined;
  const last = messages.findLastIndex(({ messageId }) => messageId === id);
  const position = reached.get(sagaId) ?? -1;
  if (last < position) return `${because} was handled after what came behind it`;
  reached.set(sagaId, Math.max(position, first));
  if (statusOf(before) !== 'NONE' || faults > 0 || failed.size > 0) return undefined;
  const passedOver = messages
    .slice(0, first)
    .find(
      ({ messageId, returns }) =>
        returns < MAX_RETURNS &&
        messageId.startsWith(`${sagaId}:`) &&
        opens(player, messageId.slice(sagaId.length + 1)),
    );
  return passedOver === undefined ? undefined : `${because} was handled before ${passedOver.messageId}`;
}
