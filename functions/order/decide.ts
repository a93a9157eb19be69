/**
 *            place
 *              │
 *              ▼        payment.captured
 *           PENDING ───────────────────────────────▶ CONFIRMED
 *            │   │
 *            │   └── stock.rejected (nothing to undo) ───────────┐
 *            │                                                   ▼
 *            ├── payment.declined ──▶ CANCELLING ── answers ──▶ CANCELLED
 *            └── cancel · deadline ─▶ (order.cancelling)
 *
 * A CANCELLING order waits for the answer of every participant that compensates its failure. An answer may
 * overtake the failure it answers, so a PENDING order remembers the answers it has had.
 */
import { compensatorsOf, kindOf, publisherOf, type Service } from '../saga/choreography.ts';
import { type Decision, ignore, refuse, repeat } from '../saga/decision.ts';
import type { EventType, Fact, Line, PaymentDecline, StockRejection } from '../saga/events.ts';
import type { CustomerId } from '../saga/ids.ts';

/** PARTICIPANT_FAILED: another one's failure, of which no more is known, or only that it has been undone. */
type Wish = 'CUSTOMER' | 'OPERATOR' | 'DEADLINE' | 'PARTICIPANT_FAILED';

/** Why an order was or is being cancelled. */
export type Reason =
  | { readonly code: Wish }
  | { readonly code: 'PAYMENT_DECLINED'; readonly decline: PaymentDecline }
  | StockRejection;

interface Placed {
  readonly customerId: CustomerId;
  readonly items: readonly Line[];
  readonly paymentMethod: string;
  /** Identifies the body that the idempotency key came with. */
  readonly fingerprint: string;
  readonly createdAtMs: number;
}

export type Order = Placed &
  (
    | { readonly status: 'PENDING'; readonly answered: readonly Service[] }
    | { readonly status: 'CONFIRMED'; readonly totalMinor: number; readonly currency: string }
    | {
        readonly status: 'CANCELLING';
        readonly reason: Reason;
        readonly failure: EventType;
        readonly answered: readonly Service[];
      }
    | { readonly status: 'CANCELLED'; readonly reason: Reason }
  );

type Pending = Extract<Order, { status: 'PENDING' }>;
type Cancelling = Extract<Order, { status: 'CANCELLING' }>;

export type OrderCommand =
  | { readonly type: 'place'; readonly order: Placed }
  | { readonly type: 'cancel'; readonly by: 'CUSTOMER' | 'OPERATOR' }
  | { readonly type: 'nudge'; readonly nowMs: number; readonly deadlineMs: number };

type OrderDecision = Decision<Order>;

export function decide(order: Order | undefined, input: OrderCommand | Fact): OrderDecision {
  if (order === undefined) {
    return input.type === 'place'
      ? place(input.order)
      : refuse(`${input.type} for an order that was never placed`);
  }
  switch (input.type) {
    case 'place':
      return placedAgain(order, input.order);
    case 'cancel':
      return cancel(order, input.by);
    case 'nudge':
      return nudge(order, input);
    case 'payment.captured':
      return captured(order, input);
    case 'stock.rejected':
      return failed(order, input.type, { code: input.data.code, skus: input.data.skus });
    case 'payment.declined':
      return failed(order, input.type, { code: 'PAYMENT_DECLINED', decline: input.data.decline });
    default:
      return other(order, input);
  }
}

/** What the order needs to know of any other event is how the choreography calls it. */
function other(order: Order, { type }: Fact): OrderDecision {
  const kind = kindOf(type);
  switch (kind) {
    case 'failure':
      if (publisherOf(type) === 'order') return ignore('the order said this itself');
      return failed(order, type, { code: 'PARTICIPANT_FAILED' });
    case 'compensation':
      return answered(order, type);
    case 'step':
    case 'outcome':
      return refuse(`${type} is not for the order service`);
    default:
      return kind satisfies never;
  }
}

function place(placed: Placed): OrderDecision {
  const { customerId, items, paymentMethod } = placed;
  return {
    kind: 'accept',
    state: { ...placed, status: 'PENDING', answered: [] },
    says: [{ type: 'order.placed', data: { customerId, items, paymentMethod } }],
  };
}

/** A repeated request heals a lost publication as long as there is something to wait for. */
function placedAgain(order: Order, { fingerprint }: Placed): OrderDecision {
  if (fingerprint !== order.fingerprint) return refuse('the idempotency key came with another body before');
  return order.status === 'PENDING' ? repeat : ignore(`the order is ${order.status}`);
}

function cancel(order: Order, by: 'CUSTOMER' | 'OPERATOR'): OrderDecision {
  switch (order.status) {
    case 'PENDING':
      return startCancelling(order, by);
    case 'CONFIRMED':
      return refuse('the order is confirmed');
    case 'CANCELLING':
    case 'CANCELLED':
      return repeat;
    default:
      return order satisfies never;
  }
}

function nudge(order: Order, { nowMs, deadlineMs }: { nowMs: number; deadlineMs: number }): OrderDecision {
  switch (order.status) {
    case 'PENDING':
      if (order.answered.length > 0) return startCancelling(order, 'PARTICIPANT_FAILED');
      return nowMs - order.createdAtMs >= deadlineMs ? startCancelling(order, 'DEADLINE') : repeat;
    case 'CANCELLING':
      return order.failure === 'order.cancelling' ? repeat : escalate(order);
    case 'CONFIRMED':
    case 'CANCELLED':
      return ignore(`the order is ${order.status}`);
    default:
      return order satisfies never;
  }
}

function captured(order: Order, { data }: Fact<'payment.captured'>): OrderDecision {
  switch (order.status) {
    case 'PENDING': {
      if (order.answered.length > 0) return refuse('payment captured after a compensation was confirmed');
      const { answered: _, ...placed } = order;
      const { amountMinor, currency } = data;
      return {
        kind: 'accept',
        state: { ...placed, status: 'CONFIRMED', totalMinor: amountMinor, currency },
        says: [
          {
            type: 'order.confirmed',
            data: { customerId: order.customerId, items: order.items, amountMinor, currency },
          },
        ],
      };
    }
    case 'CONFIRMED':
      return repeat;
    case 'CANCELLING':
    case 'CANCELLED':
      return ignore(`late success: the order is ${order.status}`);
    default:
      return order satisfies never;
  }
}

/** A participant that failed holds nothing and never will, so its failure counts as its answer too. */
function failed(order: Order, failure: EventType, reason: Reason): OrderDecision {
  switch (order.status) {
    case 'PENDING':
      return waitOrEnd(
        { ...withAnswerOf(publisherOf(failure), order), status: 'CANCELLING', reason, failure },
        [],
      );
    case 'CONFIRMED':
      return refuse(`${failure} for a confirmed order`);
    case 'CANCELLING':
      return hear(
        order.reason.code === 'PARTICIPANT_FAILED' ? { ...order, reason } : order,
        publisherOf(failure),
      );
    case 'CANCELLED':
      return repeat;
    default:
      return order satisfies never;
  }
}

function answered(order: Order, answer: EventType): OrderDecision {
  const by = publisherOf(answer);
  switch (order.status) {
    case 'PENDING':
      if (order.answered.includes(by)) return ignore(`${by} has answered already`);
      return { kind: 'accept', state: withAnswerOf(by, order) };
    case 'CONFIRMED':
      return refuse(`${answer} for a confirmed order`);
    case 'CANCELLING':
      return hear(order, by);
    case 'CANCELLED':
      return repeat;
    default:
      return order satisfies never;
  }
}

function hear(order: Cancelling, by: Service): OrderDecision {
  if (order.answered.includes(by)) return ignore(`${by} has answered already`);
  return waitOrEnd(withAnswerOf(by, order));
}

function withAnswerOf<T extends Pending | Cancelling>(by: Service, order: T): T {
  return order.answered.includes(by) ? order : { ...order, answered: [...order.answered, by] };
}

/** Ends the order if every participant that compensates its failure has answered. */
function waitOrEnd(order: Cancelling, says?: readonly Fact[]): OrderDecision {
  if (compensatorsOf(order.failure).some((service) => !order.answered.includes(service))) {
    // Stryker disable next-line ConditionalExpression: a member that is undefined is read as one that is absent.
    return { kind: 'accept', state: order, ...(says === undefined ? {} : { says }) };
  }
  const { answered: _, failure: __, ...rest } = order;
  return {
    kind: 'accept',
    state: { ...rest, status: 'CANCELLED' },
    says: [{ type: 'order.cancelled', data: { customerId: order.customerId, code: order.reason.code } }],
  };
}

function startCancelling(order: Pending, code: Wish): OrderDecision {
  return escalate({ ...order, status: 'CANCELLING', reason: { code } });
}

/** Says the order's own failure, which every participant answers: at once, or when nobody else's was heard. */
function escalate(order: Omit<Cancelling, 'failure'>): OrderDecision {
  const { customerId, reason } = order;
  return waitOrEnd({ ...order, failure: 'order.cancelling' }, [
    { type: 'order.cancelling', data: { customerId, cause: reason.code } },
  ]);
}
