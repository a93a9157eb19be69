import { shop } from '../../../functions/shop.ts';
import type { Fault } from '../faults.ts';
import { Random } from '../random.ts';

export interface Body {
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
  readonly paymentMethod: string;
}

/** What the participants' records are called. */
const records: readonly string[] = shop.services.flatMap((service) => shop.partOf(service).record ?? []);

/** Cancelling is what the most can go wrong about. */
const usualWishes = [
  'cancel',
  'cancel',
  'cancel',
  'cancel',
  'cancel',
  'operator-cancel',
  'again',
  'other-body',
  'get',
  'list',
  'stranger',
] as const;
export type UsualWish = (typeof usualWishes)[number];
/** To look at a participant's record. */
export type RecordWish = `get-${string}`;
export type CustomerWish = UsualWish | RecordWish;
const customerWishes: readonly CustomerWish[] = [
  ...usualWishes,
  ...records.map((record) => `get-${record}` as const),
];
/** What a customer has no right to, or no sense in. */
const oddWishes = ['haggle', 'order-as-operator', 'restock', 'redrive'] as const;
export type PryingWish = (typeof oddWishes)[number] | `${string}-of-another`;
export const pryingWishes: readonly PryingWish[] = [
  'cancel-of-another',
  ...records.map((record) => `${record}-of-another` as const),
  ...oddWishes,
];
export const operatorWishes = [
  'receive',
  'stocktake',
  'redrive',
  'dry-run',
  'look',
  'catalogue',
  'product',
] as const;

/** Something an actor wants to do, that many steps after the run has begun or after its order was accepted. */
export interface Wish<Kind> {
  readonly kind: Kind;
  readonly afterSteps: number;
  /** Instead: as soon as so many calls have been made in the run. */
  readonly atCall?: number;
}

/** How what a crash has left undone comes again: a batch from the broker, a request from its customer. */
export type Redelivery = 'once' | 'twice' | 'late';

/** Later than any saga's deadline. */
export const LATE_BY_MS = 16 * 60_000;

export interface CustomerPlan {
  readonly id: number;
  readonly name: string;
  readonly key: string;
  readonly body: Body;
  readonly other: Body;
  readonly atStep: number;
  /** Sends the first request twice at the same time, as an impatient finger does. */
  readonly isDouble: boolean;
  readonly patience: number;
  readonly wishes: readonly Wish<CustomerWish | PryingWish>[];
}

export interface OperatorPlan {
  readonly id: number;
  readonly wish: Wish<(typeof operatorWishes)[number]>;
  readonly sku: string;
  readonly quantity: number;
  readonly unitPriceMinor: number;
  readonly currency: string;
  readonly service: string;
}

/** All that is wanted in one run, and the circumstances. */
export interface Workload {
  readonly stock: readonly {
    readonly sku: string;
    readonly available: number;
    readonly unitPriceMinor: number;
    readonly currency: string;
  }[];
  readonly customers: readonly CustomerPlan[];
  readonly operators: readonly OperatorPlan[];
  readonly concurrency: number;
  /** One process serves all requests to a function, as it does on a laptop; and else one at a time, as in Lambda. */
  readonly sharesEnvironments: boolean;
  readonly maxBatch: number;
  /** How many messages an event source waits for while it may. */
  readonly window: number;
  readonly schedulers: number;
  /** Faults that this workload is about. */
  readonly favours?: readonly Fault[];
  /** How long faults go on. */
  readonly faultySteps: number;
  readonly redelivery: Redelivery;
  /** Services whose outside refuses whatever it is asked, and no other does. Otherwise: some, by the seed. */
  readonly refusing?: readonly string[];
  /** When the schedule runs for the first time. */
  readonly firstTickMs: number;
}

export const MINUTE_MS = 60_000;

const skus = ['mug', 'pen', 'cap'];
/** As many as an order may name, for two orders. Together with the orders themselves, more than a transaction holds. */
const MAX_LINES = 50;
const manySkus = Array.from({ length: 2 * MAX_LINES }, (_, number) => `sku-${number}`);
const WIDE_SEEDS = 0.05;
const PARKED_SEEDS = 0.03;
/** As long as there are faults, no reservation of it can be written: nor anything in the same transaction. */
export const UNWRITABLE_SKU = 'anvil';
/** Too dear for two of them to be charged at once. */
const DEAR_MINOR = 60_000_000;

export function workloadOf(seed: number): Workload {
  const random = new Random(seed, 5);
  const kind = random.fraction();
  if (kind < WIDE_SEEDS) return wideWorkload(random, seed);
  if (kind < WIDE_SEEDS + PARKED_SEEDS) return deadLetterWorkload(random, seed);
  return usualWorkload(random, seed);
}

/** A few customers who all want what there is little of. */
function usualWorkload(random: Random, seed: number): Workload {
  const customers = random.pick([2, 2, 2, 3, 3, 4]);
  const isScarce = random.chance(0.3);
  const odd = new Random(seed, 11);
  const stock = skus.map((sku) => ({
    sku,
    available: random.below(isScarce ? 4 : 30),
    unitPriceMinor: odd.chance(0.02) ? DEAR_MINOR : 1 + random.below(2_000),
    currency: odd.chance(0.02) ? 'USD' : 'EUR',
  }));
  stock.push({ sku: UNWRITABLE_SKU, available: 10, unitPriceMinor: 900, currency: 'EUR' });
  return {
    stock,
    customers: Array.from({ length: customers }, (_, id) => customer(id, seed)),
    operators: Array.from({ length: random.below(4) }, (_, id) => operator(id + customers, seed, stock)),
    concurrency: random.chance(0.4) ? 2 : 1,
    sharesEnvironments: odd.chance(0.3),
    maxBatch: random.pick([1, 3, 10]),
    window: random.pick([1, 1, 2, 4]),
    schedulers: random.chance(0.2) ? 2 : 1,
    faultySteps: 60 + random.below(200),
    redelivery: 'once',
    firstTickMs: MINUTE_MS,
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
    stock,
    customers,
    operators: [],
    maxBatch: 100,
    window: 4,
    favours,
  };
}

/** Messages are dead letters, and operators move them back while the broker takes few of them. */
function deadLetterWorkload(random: Random, seed: number): Workload {
  const usual = usualWorkload(random, seed);
  const operators = Array.from({ length: 4 }, (_, id) => ({
    ...operator(id + usual.customers.length, seed, usual.stock),
    wish: {
      kind: random.pick(['redrive', 'redrive', 'redrive', 'dry-run'] as const),
      afterSteps: 90 + random.below(200),
    },
  }));
  return { ...usual, operators, faultySteps: 300, favours: ['crash-loop', 'refused'] };
}

function customer(id: number, seed: number): CustomerPlan {
  const random = new Random(seed, 6, id);
  const wishes = random.pick([0, 1, 1, 1, 2]);
  const wanted = body(random);
  return {
    id,
    // Two customers may come upon the same key, and one customer uses it for one intention only.
    name: `customer-${1 + (id % 2)}`,
    key: `key-${Math.floor(id / 2)}`,
    body: wanted,
    other: { ...wanted, paymentMethod: 'pm_card_mastercard' },
    atStep: random.below(60),
    isDouble: random.chance(0.1),
    patience: random.below(5),
    wishes: [
      ...Array.from({ length: wishes }, () => ({
        kind: random.pick(customerWishes),
        afterSteps: random.below(random.pick([4, 30, 60])),
      })),
      ...pryingWish(id, seed),
    ],
  };
}

function pryingWish(id: number, seed: number): CustomerPlan['wishes'] {
  const random = new Random(seed, 12, id);
  return random.chance(0.1) ? [{ kind: random.pick(pryingWishes), afterSteps: random.below(60) }] : [];
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

function operator(id: number, seed: number, stock: Workload['stock']): OperatorPlan {
  const random = new Random(seed, 7, id);
  const wish = { kind: random.pick(operatorWishes), afterSteps: random.below(150) };
  const { sku, currency } = random.pick(stock);
  return {
    id,
    wish,
    sku,
    currency,
    unitPriceMinor: 1 + new Random(seed, 13, id).below(2_000),
    quantity: 1 + random.below(4),
    service: random.pick(shop.services),
  };
}
