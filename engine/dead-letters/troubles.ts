import type { TableEdges } from '../batch/edges.ts';
import type { Participant } from '../batch/participant.ts';
import type { Item, Write } from '../batch/store.ts';
import { aboutIn, type Trouble, troubleIn, troubleKey } from '../batch/trouble.ts';
import { log } from '../environment/log.ts';
import type { Table } from '../saga/table.ts';
import type { Placed } from './page.ts';

/** A participant whose records have keys. */
export type Keyed = Pick<Participant<never, never, never>, 'saga' | 'service'> & {
  readonly table: Pick<Table<never>, 'key'>;
};

/** So many writes are under way at once. */
const AT_ONCE = 50;

/**
 * What a participant last failed on may say that its message is a dead letter, for a person to redrive. That is over once the
 * message is none any more: whatever becomes of it then is noted anew. Nothing depends on it, so what fails is only logged.
 *
 * Called before dead letters leave their queue. @returns what to call with those that have left it
 */
export async function notedOf(
  { saga, service, table }: Keyed,
  deadLetters: readonly Placed[],
  { store, now }: TableEdges,
): Promise<(gone: readonly Placed[]) => Promise<void>> {
  const unnoted = (error: unknown) =>
    log('warn', 'what a dead letter is noted as stays', { service, error: String(error) });
  const keyOf = ({ delivery }: Placed) => {
    const about = aboutIn(saga, delivery.messageId);
    return about && { ...about, key: troubleKey(table, about.sagaId) };
  };
  const items = await store.read(deadLetters.flatMap((each) => keyOf(each)?.key ?? [])).catch((error) => {
    unnoted(error);
    return new Map<string, Item>();
  });
  return async (gone) => {
    const ends = gone.flatMap((each): readonly Write[] => {
      const { key = '', because } = keyOf(each) ?? {};
      const item = items.get(key);
      if (item === undefined) return [];
      const noted = troubleOf(item);
      return noted?.isDeadLetter && noted.because === because ? [endOf(key, noted, now())] : [];
    });
    try {
      for (let from = 0; from < ends.length; from += AT_ONCE)
        await Promise.all(ends.slice(from, from + AT_ONCE).map((end) => store.write([end])));
    } catch (error) {
      unnoted(error);
    }
  };
}

/** Undefined if it is over, or another version has noted it in another way. */
function troubleOf(item: Item): Trouble | undefined {
  try {
    const trouble = troubleIn(item);
    return trouble.overMs === undefined ? trouble : undefined;
  } catch {
    return undefined;
  }
}

/** Where something else is noted meanwhile, that stays: it may be what became of the same message. */
const endOf = (key: string, { because, atMs }: Trouble, overMs: number): Write => ({
  ...{ kind: 'add', key, deltas: {}, sets: { overMs } },
  relyingOn: { because, atMs },
});
