import { Random } from '../random.ts';

export interface Body {
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
  readonly paymentMethod: string;
}

/** Cancelling is what the most can go wrong about. */
export const customerWishes = [
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
  'reservation',
  'payment',
] as const;
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
  readonly wishes: readonly Wish<(typeof customerWishes)[number]>[];
}

export interface OperatorPlan {
  readonly id: number;
  readonly wish: Wish<(typeof operatorWishes)[number]>;
  readonly sku: string;
  readonly quantity: number;
  readonly service: 'order' | 'inventory' | 'payment';
}

/** All that is wanted in one run, and the circumstances. */
export interface Workload {
  readonly stock: readonly {
    readonly sku: string;
    readonly available: number;
    readonly unitPriceMinor: number;
  }[];
  readonly customers: readonly CustomerPlan[];
  readonly operators: readonly OperatorPlan[];
  readonly concurrency: number;
  readonly maxBatch: number;
  /** How many messages an event source waits for while it may. */
  readonly window: number;
  readonly schedulers: number;
  /** How long faults go on. */
  readonly faultySteps: number;
  readonly redelivery: Redelivery;
  /** When the schedule runs for the first time. */
  readonly firstTickMs: number;
}

export const MINUTE_MS = 60_000;

const skus = ['mug', 'pen', 'cap'];
/** More than one transaction can hold, together with those who want them. */
const manySkus = Array.from({ length: 120 }, (_, number) => `sku-${number}`);
const MANY_LINES = 48;
/** A seed of them takes as long as ten others. */
const WIDE_SEEDS = 0.015;

export function workloadOf(seed: number): Workload {
  const random = new Random(seed, 5);
  return random.chance(WIDE_SEEDS) ? wideWorkload(random, seed) : usualWorkload(random, seed);
}

/** A few customers who all want what there is little of. */
function usualWorkload(random: Random, seed: number): Workload {
  const customers = random.pick([2, 2, 2, 3, 3, 4]);
  const isScarce = random.chance(0.3);
  return {
    stock: skus.map((sku) => ({
      sku,
      available: random.below(isScarce ? 4 : 30),
      unitPriceMinor: 1 + random.below(2_000),
    })),
    customers: Array.from({ length: customers }, (_, id) => customer(id, seed)),
    operators: Array.from({ length: random.below(4) }, (_, id) => operator(id + customers, seed)),
    concurrency: random.chance(0.4) ? 2 : 1,
    maxBatch: random.pick([1, 3, 10]),
    window: random.pick([1, 1, 2, 4]),
    schedulers: random.chance(0.2) ? 2 : 1,
    faultySteps: 60 + random.below(200),
    redelivery: 'once',
    firstTickMs: MINUTE_MS,
  };
}

/** Long orders that come at once, so that one batch takes several transactions. */
function wideWorkload(random: Random, seed: number): Workload {
  const customers = Array.from({ length: 4 }, (_, id) => {
    const first = random.below(manySkus.length);
    const items = Array.from({ length: MANY_LINES }, (_, line) => ({
      sku: manySkus[(first + line) % manySkus.length] ?? '',
      quantity: 1,
    }));
    const body = { items, paymentMethod: 'pm_card_visa' };
    return {
      ...customer(id, seed),
      body,
      other: { ...body, paymentMethod: 'pm_card_mastercard' },
      atStep: 0,
    };
  });
  const stock = manySkus.map((sku) => ({ sku, available: 1 + random.below(2), unitPriceMinor: 100 }));
  return { ...usualWorkload(random, seed), stock, customers, operators: [], maxBatch: 10, window: 4 };
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
    wishes: Array.from({ length: wishes }, () => ({
      kind: random.pick(customerWishes),
      afterSteps: random.below(random.pick([4, 30, 60])),
    })),
  };
}

function body(random: Random): Body {
  const first = random.below(skus.length);
  const lines = random.pick([1, 1, 2, 3]);
  const unknown = random.chance(0.03) ? [{ sku: 'unknown', quantity: 1 }] : [];
  return {
    items: [
      ...Array.from({ length: lines }, (_, line) => ({
        sku: skus[(first + line) % skus.length] ?? '',
        quantity: 1 + random.below(3),
      })),
      ...unknown,
    ],
    paymentMethod: random.chance(0.2) ? 'pm_card_chargeDeclined' : 'pm_card_visa',
  };
}

function operator(id: number, seed: number): OperatorPlan {
  const random = new Random(seed, 7, id);
  return {
    id,
    wish: { kind: random.pick(operatorWishes), afterSteps: random.below(150) },
    sku: random.pick(skus),
    quantity: 1 + random.below(4),
    service: random.pick(['order', 'inventory', 'payment']),
  };
}
