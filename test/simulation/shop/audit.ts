import type { Item, Write } from '../../../engine/batch/store.ts';
import { entriesIn } from '../checker/audit.ts';
import type { Row } from '../checker/row.ts';

const SET = ['available', 'unitPriceMinor', 'currency'] as const;

const factsOf = (item: Item | undefined): object =>
  item === undefined ? {} : Object.fromEntries(SET.map((name) => [name, item[name]]));

/** Whoever changes the stock is in the audit, with what it was and what it is. */
export function flawOfStockAudit(
  writes: readonly Write[],
  before: ReadonlyMap<string, Item>,
): string | undefined {
  const entries = entriesIn(writes);
  const acts = writes.flatMap((write): (readonly [key: string, act: string, told: object])[] => {
    if (write.kind !== 'put') return [];
    const { item } = write;
    if (item.pk.startsWith('SKU#'))
      return [[item.pk, 'stocktake', { before: factsOf(before.get(item.pk)), after: factsOf(item) }]];
    if (!item.pk.startsWith('RECEIPT#')) return [];
    return [[item.pk, 'receipt', { before: { received: 0 }, after: { received: item.quantity } }]];
  });
  for (const [key, act, told] of acts) {
    const [entry, second] = entries.filter((each) => each.act === act);
    if (entry === undefined || second !== undefined) return `the ${act} of ${key} has not one entry`;
    const said = JSON.stringify(sorted({ before: entry.before, after: entry.after }));
    if (said !== JSON.stringify(sorted(told))) return `the ${act} of ${key} is told as ${said}`;
  }
  const idle = entries.find(
    (entry) => /^(stocktake|receipt)$/.test(entry.act) && !acts.some(([, act]) => act === entry.act),
  );
  return idle && `${idle.act} of ${idle.about} has an entry, and was not done`;
}

/** By name, at any depth. */
const sorted = (value: Row): Row =>
  Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, each]) => [name, typeof each === 'object' ? sorted(each) : each]),
  );
