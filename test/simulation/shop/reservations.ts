import type { Item } from '../../../engine/batch/store.ts';
import { type Row, rowOf } from '../checker/row.ts';
import type { Invocation } from '../invocation.ts';
import type { World } from '../world/world.ts';
import { mostOf } from './hoarding.ts';
import type { StockBook } from './stock.ts';

interface Line {
  readonly sku: string;
  readonly quantity: number;
}

/** The provider takes no more in one charge: eight digits. */
const MAX_TOTAL_MINOR = 99_999_999;

/** What is wrong with a reservation, or its refusal, as it is written: held against the order and the shelves. */
export function flawOfReservation(
  world: World,
  stock: StockBook,
  item: Item,
  invocation: Invocation | undefined,
): string | undefined {
  const { state, orderId } = rowOf(item) as Row;
  const order = rowOf(world.recordOf('order', orderId))?.state;
  // Only somebody else's lie has an order forgotten before its stock was asked for.
  if (order?.items === undefined) return undefined;
  if (state.status === 'RESERVED')
    return flawOfShare(stock, order.items, item) ?? flawOfTaking(world, order.items, item);
  if (state.status === 'REJECTED') return flawOfRefusal(stock, order.items, item, invocation);
  return undefined;
}

const shelf = (world: World, sku: string): Row =>
  rowOf(world.tableOf('inventory').items.get(`SKU#${sku}`)) ?? {};

const currenciesOf = (world: World, lines: readonly Line[]): ReadonlySet<string> =>
  new Set(lines.map(({ sku }) => shelf(world, sku).currency));

/** An order may take a share of the most that there ever was, at the very most. */
function flawOfShare(stock: StockBook, lines: readonly Line[], { pk }: Item): string | undefined {
  const greedy = lines.find(
    ({ sku, quantity }) => !stock.wasEver(`SKU#${sku}`, (available) => quantity <= mostOf(available), 0),
  );
  return greedy && `${pk} takes ${greedy.quantity} ${greedy.sku}, which is too large a share`;
}

function flawOfTaking(world: World, lines: readonly Line[], item: Item): string | undefined {
  const { state } = rowOf(item) as Row;
  const priced = lines.map(({ sku, quantity }) => ({
    sku,
    quantity,
    unitPriceMinor: shelf(world, sku).unitPriceMinor,
  }));
  const total = priced.reduce((sum, line) => sum + line.quantity * line.unitPriceMinor, 0);
  if (JSON.stringify(priced) !== JSON.stringify(state.lines) || total !== state.totalMinor) {
    return `${item.pk} reserves ${JSON.stringify(state.lines)} for ${state.totalMinor}, not ${JSON.stringify(priced)}`;
  }
  const currencies = [...currenciesOf(world, lines)].join(' and ');
  if (currencies !== state.currency) return `${item.pk} costs ${state.currency}, its lines ${currencies}`;
  return total > MAX_TOTAL_MINOR ? `${item.pk} costs ${total}, which nobody can charge` : undefined;
}

function flawOfRefusal(
  stock: StockBook,
  lines: readonly Line[],
  item: Item,
  invocation: Invocation | undefined,
): string | undefined {
  const { code, skus } = rowOf(item)?.state.rejection ?? {};
  const since = invocation?.startedStep ?? 0;
  const isTrueOf = (sku: string): boolean => {
    const quantity = lines.find((line) => line.sku === sku)?.quantity ?? 0;
    switch (code) {
      case 'OUT_OF_STOCK':
        return stock.wasShort(`SKU#${sku}`, quantity, since, invocation);
      case 'QUANTITY_LIMIT':
        return stock.wasEver(`SKU#${sku}`, (available) => quantity > mostOf(available), since, invocation);
      case 'UNKNOWN_SKU':
        return stock.wasUnknown(`SKU#${sku}`, since);
      case 'MIXED_CURRENCIES':
        return stock.wereMixed(lines.map((line) => line.sku));
      case 'AMOUNT_TOO_LARGE':
        return (
          lines.reduce((sum, line) => sum + line.quantity * stock.highestPrice(line.sku), 0) > MAX_TOTAL_MINOR
        );
      default:
        return false;
    }
  };
  if (skus.length === 0) return `${item.pk} is rejected (${code}) and names no SKU`;
  const wrong = skus.find((sku: string) => !isTrueOf(sku));
  return wrong === undefined ? undefined : `${item.pk} is rejected for ${wrong} (${code}), which is not true`;
}
