import { shop } from '../../../functions/shop.ts';
import {
  type Body,
  type CustomerPlan,
  circumstances,
  customerWishes,
  deadLetterRequests,
  habits,
  type OperatorPlan,
  pryingWishes,
  varied,
  type Wish,
  type Workload,
} from '../actors/workload.ts';
import { Random } from '../random.ts';
import { HOARDED_SKU, hoarded, hoarder } from './hoarding.ts';
import { type Product, stockItems } from './shelf.ts';

const wishes = customerWishes(shop);
const prying = pryingWishes(shop, ['haggle', 'order-as-operator', 'restock', 'redrive']);
const operatorWishes = [
  'receive',
  'stocktake',
  'redrive',
  'dry-run',
  'look',
  'catalogue',
  'product',
] as const;
type OperatorWish = ReturnType<typeof varied<(typeof operatorWishes)[number]>>;

const skus = ['mug', 'pen', 'cap'];
/** As many as an order may name, for two orders. Together with the orders themselves, more than a transaction holds. */
const MAX_LINES = 50;
const manySkus = Array.from({ length: 2 * MAX_LINES }, (_, number) => `sku-${number}`);
const WIDE_SEEDS = 0.05;
const DEAD_LETTER_SEEDS = 0.06;
const STUCK_SEEDS = 0.02;
const HOARDED_SEEDS = 0.04;
/** As long as there are faults, no reservation of it can be written, nor anything in the same transaction. */
export const UNWRITABLE_SKU = 'anvil';
/** The customer's bank wants to see the customer. */
export const CHALLENGED_CARD = 'pm_card_threeDSecure2Required';
/** Too dear for two of them to be charged at once. */
const DEAR_MINOR = 60_000_000;

export function workloadOf(seed: number): Workload {
  const random = new Random(seed, 5);
  const kind = random.fraction();
  if (kind < WIDE_SEEDS) return wideWorkload(random, seed);
  if (kind < WIDE_SEEDS + DEAD_LETTER_SEEDS) return deadLetterWorkload(random, seed);
  if (kind > 1 - STUCK_SEEDS) return stuckWorkload(random, seed);
  if (kind > 1 - STUCK_SEEDS - HOARDED_SEEDS) return hoardedWorkload(random, seed);
  return usualWorkload(random, seed);
}

/** A few customers who all want what there is little of. */
function usualWorkload(random: Random, seed: number): Workload & { readonly stock: readonly Product[] } {
  const count = random.pick([2, 2, 2, 3, 3, 4]);
  const isScarce = random.chance(0.3);
  const odd = new Random(seed, 11);
  const stock = skus.map((sku) => ({
    sku,
    available: random.below(isScarce ? 4 : 30),
    unitPriceMinor: odd.chance(0.02) ? DEAR_MINOR : 1 + random.below(2_000),
    currency: odd.chance(0.02) ? 'USD' : 'EUR',
  }));
  stock.push({ sku: UNWRITABLE_SKU, available: 10, unitPriceMinor: 900, currency: 'EUR' });
  const customers = Array.from({ length: count }, (_, id) => customer(id, seed));
  const operators = Array.from({ length: random.below(4) }, (_, id) => operator(id + count, seed, stock));
  // The schedule asks every minute until a customer who has gone away is waited for no longer: hours, if a clock was wrong.
  const isLong = customers.some((each) => each.body.paymentMethod === CHALLENGED_CARD);
  return {
    stock,
    shelves: shelvesOf(stock),
    customers,
    operators,
    ...circumstances(random, odd),
    ...(isLong ? { healingSteps: 12_000 } : {}),
    hasNews: new Random(seed, 21).chance(0.5),
  };
}

/**
 * Two orders that each fill a transaction, and behind them two small ones for the last piece of what those want: all
 * in one batch, and so in several transactions, of which the first ones are apt to fail.
 */
function wideWorkload(random: Random, seed: number): Workload {
  const stock = manySkus.map((sku) => ({ sku, available: 1, unitPriceMinor: 100, currency: 'EUR' }));
  const customers = Array.from({ length: 4 }, (_, id) => {
    const [isLong, first] = [id < 2, (id % 2) * MAX_LINES];
    const wanted = isLong
      ? manySkus.slice(first, first + MAX_LINES)
      : [manySkus[first + random.below(MAX_LINES)] ?? ''];
    const body = { items: wanted.map((sku) => ({ sku, quantity: 1 })), paymentMethod: 'pm_card_visa' };
    const other = { ...body, paymentMethod: 'pm_card_mastercard' };
    return { ...customer(id, seed), body, other, atStep: isLong ? 0 : 1 + random.below(5) };
  });
  const favours = [random.pick(['conflict', 'conflict', 'invalid', 'answer-lost'] as const)];
  return {
    ...usualWorkload(random, seed),
    shelves: shelvesOf(stock),
    customers,
    operators: [],
    maxBatch: 100,
    window: 4,
    favours,
  };
}

/** Messages are dead letters. Operators move them back while the broker takes few of them, or nobody does to the end. */
function deadLetterWorkload(random: Random, seed: number): Workload {
  const usual = usualWorkload(random, seed);
  const operators = Array.from({ length: random.pick([0, 4]) }, (_, id) => {
    const kind = random.pick(['redrive', 'redrive', 'redrive', 'dry-run'] as const);
    const wish = { kind, afterSteps: 90 + random.below(200) };
    return operator(id + usual.customers.length, seed, usual.stock, wish);
  });
  const customers = usual.customers.map((plan) => {
    const paymentMethod = random.chance(0.5) ? 'pm_card_chargeDeclined' : plan.body.paymentMethod;
    return { ...plan, body: { ...plan.body, paymentMethod } };
  });
  return { ...usual, customers, operators, faultySteps: 300, favours: ['shortage', 'refused'] };
}

/** The schedule looks after several orders, some of which can neither go on nor be cancelled: long past every deadline. */
function stuckWorkload(random: Random, seed: number): Workload {
  const usual = usualWorkload(random, seed);
  const customers = Array.from({ length: 4 }, (_, id) => {
    const plan = { ...customer(id, seed), wishes: [] };
    // One of them or two, which may then stand in one page.
    if (id !== seed % 4 && id !== (seed >> 2) % 4) return plan;
    return { ...plan, body: { ...plan.body, items: [{ sku: UNWRITABLE_SKU, quantity: 1 }] } };
  });
  return {
    ...usual,
    customers,
    operators: [],
    schedulers: 1,
    faultySteps: 500,
    favours: ['outage', 'stall'],
  };
}

/** There is enough for everybody, and somebody who wants all of it. */
function hoardedWorkload(random: Random, seed: number): Workload {
  const usual = usualWorkload(random, seed);
  const buyers = Array.from({ length: 5 }, (_, id) => ({
    ...customer(id, seed),
    name: `buyer-${id}`,
    wishes: [],
    body: { items: [{ sku: HOARDED_SKU, quantity: 1 }], paymentMethod: 'pm_card_visa' },
    other: { items: [{ sku: HOARDED_SKU, quantity: 1 }], paymentMethod: 'pm_card_mastercard' },
  }));
  return {
    ...usual,
    shelves: shelvesOf([hoarded]),
    customers: buyers,
    operators: [],
    hoarders: [hoarder(buyers.length, random)],
  };
}

const shelvesOf = (stock: readonly Product[]): Workload['shelves'] =>
  stock.map((product) => ({ service: 'inventory', items: stockItems(product) }));

function customer(id: number, seed: number): CustomerPlan {
  const random = new Random(seed, 6, id);
  const count = random.pick([0, 1, 1, 1, 2]);
  const drawn = body(random);
  const isChallenged = new Random(seed, 22, id).chance(0.15);
  // Another intention of the same customer, whose key differs in nothing but case.
  const isLoud = id >= 2 && new Random(seed, 24, id).chance(0.3);
  const wanted = isChallenged ? { ...drawn, paymentMethod: CHALLENGED_CARD } : drawn;
  return {
    id,
    // Two customers may come upon the same key, and one customer uses it for one intention only.
    name: `customer-${1 + (id % 2)}`,
    key: isLoud ? 'KEY-0' : `key-${Math.floor(id / 2)}`,
    body: wanted,
    other: { ...wanted, paymentMethod: 'pm_card_mastercard' },
    ...habits(random, { count, wants: wishes }, new Random(seed, 12, id), prying),
  };
}

function body(random: Random): Body {
  const first = random.below(skus.length);
  const lines = random.pick([1, 1, 2, 3]);
  const draw = random.fraction();
  const unknown = draw < 0.03 ? [{ sku: 'unknown', quantity: 1 }] : [];
  const unwritable = draw > 0.99 ? [{ sku: UNWRITABLE_SKU, quantity: 1 }] : [];
  return {
    items: [
      ...Array.from({ length: lines }, (_, line) => ({
        sku: skus[(first + line) % skus.length] ?? '',
        quantity: 1 + random.below(3),
      })),
      ...unknown,
      ...unwritable,
    ],
    paymentMethod: random.chance(0.2) ? 'pm_card_chargeDeclined' : 'pm_card_visa',
  };
}

function operator(
  id: number,
  seed: number,
  stock: readonly Product[],
  instead?: Wish & { readonly kind: (typeof operatorWishes)[number] },
): OperatorPlan {
  const random = new Random(seed, 7, id);
  const drawn = { kind: random.pick(operatorWishes), afterSteps: random.below(150) };
  const { sku, currency, unitPriceMinor: price } = random.pick(stock);
  const chosen = instead ?? drawn;
  const wish = { ...chosen, kind: varied(chosen.kind, new Random(seed, 33, id)) };
  const quantity = 1 + random.below(4);
  const deadLetters = `${random.pick(shop.services)}-dead-letters`;
  const unitPriceMinor = 1 + new Random(seed, 13, id).below(2_000);
  const of = { path: { sku } };
  const reason = 'counted';
  // One key for several deliveries: of one SKU each, so that each is another receipt.
  const odd = new Random(seed, 25, id);
  const isKeyShared = odd.chance(0.6);
  const received = isKeyShared ? (stock[id % stock.length]?.sku ?? sku) : sku;
  // Of a product that costs as much as before in another currency.
  const isRevalued = odd.chance(0.4);
  const ask = (kind: keyof typeof deadLetterRequests) => ({
    name: deadLetters,
    request: deadLetterRequests[kind],
  });
  const asks: Readonly<Record<OperatorWish, Pick<OperatorPlan, 'name' | 'request'>>> = {
    receive: {
      name: 'receive-stock',
      request: {
        method: 'POST',
        path: { sku: received },
        key: isKeyShared ? 'receipt' : `receipt-${id}`,
        body: { quantity },
      },
    },
    stocktake: {
      name: 'put-stock',
      request: {
        method: 'PUT',
        ...of,
        body: isRevalued
          ? {
              available: 10 * quantity,
              unitPriceMinor: price,
              currency: currency === 'EUR' ? 'USD' : 'EUR',
              reason,
            }
          : { available: quantity, unitPriceMinor, currency, reason },
      },
    },
    redrive: ask('redrive'),
    'redrive-first': ask('redrive-first'),
    'dry-run': ask('dry-run'),
    look: ask('look'),
    discard: ask('discard'),
    'discard-dry-run': ask('discard-dry-run'),
    catalogue: { name: 'list-stock', request: { method: 'GET', path: {} } },
    product: { name: 'get-stock', request: { method: 'GET', ...of } },
  };
  return { id, wish, ...asks[wish.kind] };
}
