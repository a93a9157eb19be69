import type { OutgoingMessage } from '../../../engine/batch/messages.ts';
import type { Item, Write } from '../../../engine/batch/store.ts';
import { REASON_HEADER } from '../../../engine/consumer/settle.ts';
import type { HttpReply } from '../../../engine/http/http.ts';
import { deadQueueOf } from '../../../engine/saga/routes.ts';
import { type EventType, type Service, shop } from '../../../functions/shop.ts';
import { UNWRITABLE_SKU } from '../actors/workload.ts';
import type { End, Invocation } from '../invocation.ts';
import type { Trace } from '../trace.ts';
import type { Message } from '../world/broker.ts';
import type { ChargeRequest } from '../world/provider.ts';
import { keyOf } from '../world/table.ts';
import { DEADLINE_MS, type World } from '../world/world.ts';
import { flawOfAcknowledgement } from './acknowledgement.ts';
import { flawOfBatchOrder } from './batch-order.ts';
import { orderIdOf } from './message-id.ts';
import { flawOfOrder } from './orders.ts';
import { flawOfPuttingAside, isSame } from './putting-aside.ts';
import { flawOfReservation } from './reservations.ts';
import { type Row, rowOf, statusOf } from './row.ts';
import { StockBook } from './stock.ts';
import { flawOfStep } from './transitions.ts';

/** A promise that was broken: which one, how, and at which step. */
export interface Violation {
  readonly promise: string;
  readonly flaw: string;
  readonly step: number;
}

/** No invocation makes more calls than this; a loop without end would. */
const MAX_CALLS = 400;
/** A record that others keep changing is given up after that many tries, which is no fault of anybody's. */
const CONTENTION = 3;
/** A wrong clock is two hours out, and may be asked before the invocation has been told to begin. */
const MAX_CLOCK_ERROR_MS = 3 * 3_600_000;

/** Watches every effect as it happens, and keeps the first promise that it breaks. */
export class Checker {
  violation: Violation | undefined;
  /** Messages that can never be handled, by service and id. */
  readonly poison = new Set<string>();
  readonly parkedReasons = new Map<string, number>();
  /** Ids of all events that were confirmed. */
  readonly said = new Set<string>();
  readonly #world: World;
  readonly #trace: Trace;
  readonly #stock: StockBook;
  /** Every body that a record of the service has ever held in its outbox. */
  readonly #outboxes: Readonly<Record<Service, Set<string>>>;
  /** Every status that an order's payment has ever had. */
  readonly #payments = new Map<string, Set<string>>();

  constructor(world: World, trace: Trace) {
    this.#world = world;
    this.#trace = trace;
    this.#stock = new StockBook(world.tables.inventory);
    this.#outboxes = Object.fromEntries(
      shop.services.map((service) => [service, new Set<string>()]),
    ) as Record<Service, Set<string>>;
  }

  get stocktakes(): ReadonlySet<string> {
    return this.#stock.stocktakes;
  }

  fail(promise: string, flaw: string | undefined): void {
    if (flaw === undefined || this.violation !== undefined) return;
    this.violation = { promise, flaw, step: this.#trace.step };
    this.#trace.say(() => `${promise} BROKEN: ${flaw}`);
  }

  beforeWrite(service: Service, writes: readonly Write[]): ReadonlyMap<string, Item> {
    return this.#world.tables[service].read(writes.map(keyOf));
  }

  wrote(
    service: Service,
    writes: readonly Write[],
    before: ReadonlyMap<string, Item>,
    invocation: Invocation | undefined,
  ): void {
    if (service === 'inventory')
      this.fail('P1', this.#stock.wrote(writes, before, this.#trace.step, invocation));
    for (const write of writes) {
      const old = before.get(keyOf(write));
      if (write.kind === 'put' && write.item.record !== undefined)
        this.#recorded(service, old, write.item, invocation);
      else if (service === 'order') this.#claimed(write, old, invocation);
    }
    for (const write of writes) {
      if (write.kind === 'put' && write.item.record !== undefined) this.#judge(rowOf(write.item)?.orderId);
    }
  }

  /** The due time moves while an order waits; nothing else of a record changes without a step. */
  #claimed(write: Write, old: Item | undefined, invocation: Invocation | undefined): void {
    invocation?.claimed.add(keyOf(write));
    const isOpen = ['PENDING', 'CANCELLING'].includes(statusOf(old));
    if (write.kind !== 'add' || write.attribute !== 'dueEpochSeconds' || !isOpen) {
      this.fail('P8', `${keyOf(write)} was changed while ${statusOf(old)}`);
    }
  }

  #recorded(service: Service, old: Item | undefined, item: Item, invocation: Invocation | undefined): void {
    const flaw = flawOfStep(service, old, item);
    this.fail('transitions', flaw && `${service} ${item.pk}: ${flaw}`);
    for (const body of rowOf(item)?.outbox ?? []) this.#outboxes[service].add(body);
    if (invocation !== undefined) {
      this.fail('transitions', flawOfBatchOrder(service, old, item, invocation));
      this.#timed(item, invocation);
    }
    if (service === 'inventory')
      this.fail('P1', flawOfReservation(this.#world, this.#stock, item, invocation));
    if (service !== 'payment') return;
    const statuses = this.#payments.get(item.pk) ?? new Set();
    this.#payments.set(item.pk, statuses.add(statusOf(item)));
    if (statusOf(item) === 'CHARGING') this.#priced(item);
  }

  /** Time comes from outside, as an argument: what a record says of it is about what the simulated clocks said. */
  #timed(item: Item, { startedMs }: Invocation): void {
    const { state, updatedAtMs } = rowOf(item) as Row;
    const wrong = [updatedAtMs, state.createdAtMs ?? updatedAtMs].find(
      (atMs) => !(Math.abs(atMs - startedMs) < MAX_CLOCK_ERROR_MS + this.#world.clock.movedMs),
    );
    if (wrong !== undefined) this.fail('transitions', `${item.pk} is dated ${wrong}, at ${startedMs}`);
  }

  /** What is charged is what the reservation costs. */
  #priced(item: Item): void {
    const { amountMinor, currency } = rowOf(item)?.state ?? {};
    const reservation = rowOf(this.#world.tables.inventory.items.get(`ORDER#${item.pk}`))?.state;
    if (reservation?.status !== 'RESERVED') return;
    if (amountMinor !== reservation.totalMinor || currency !== reservation.currency) {
      const due = `${reservation.totalMinor} ${reservation.currency}`;
      this.fail('P2', `${item.pk} is to be charged ${amountMinor} ${currency}, not ${due}`);
    }
  }

  /** The provider is about to be asked: only after the intent is written, so that a crash leaves a trace of it. */
  charging({ orderId, amount, currency, paymentMethod }: ChargeRequest): void {
    this.#intended('charge', orderId, ['CHARGING', 'VOIDING']);
    const order = rowOf(this.#world.tables.order.items.get(orderId))?.state;
    const payment = rowOf(this.#world.tables.payment.items.get(orderId))?.state;
    const asked = [amount, currency, paymentMethod].join(' ');
    const due = [payment?.amountMinor, payment?.currency?.toLowerCase(), order?.paymentMethod].join(' ');
    // What came before it may be done by now.
    if (payment?.amountMinor !== undefined && asked !== due)
      this.fail('P2', `${orderId} is charged ${asked}, not ${due}`);
  }

  refunding(orderId: string): void {
    this.#intended('refund', orderId, ['REFUNDING']);
  }

  #intended(call: string, orderId: string, intents: readonly string[]): void {
    const had = this.#payments.get(orderId) ?? new Set();
    if (!intents.some((intent) => had.has(intent)))
      this.fail('P2', `${call} of ${orderId} without an intent: ${[...had].join(', ')}`);
  }

  moneyMoved(orderId: string): void {
    this.#judge(orderId);
  }

  #judge(orderId: string): void {
    const flaw = flawOfOrder(this.#world, orderId);
    if (flaw !== undefined) this.fail(...flaw);
  }

  publishing(message: OutgoingMessage, invocation: Invocation | undefined): void {
    if (invocation === undefined) return;
    const { exchange, routingKey, body, messageId, headers } = message;
    const isEvent = exchange === 'saga.events' || exchange === 'saga.failures';
    if (isEvent && !this.#outboxes[invocation.service].has(String(body))) {
      this.fail('P6', `${messageId} was said before it was written`);
    }
    const reason = headers?.[REASON_HEADER];
    const isRetry =
      exchange.startsWith(`${invocation.service}.retry.`) || String(reason).startsWith('gave up');
    if (
      isRetry &&
      invocation.faults < 1 &&
      invocation.calls < CONTENTION * 2 &&
      !this.#isUnwritable(messageId)
    ) {
      this.fail('P7', `${messageId} was put off although nothing went wrong`);
    }
    if (!isEvent && invocation.messages.length > 0) {
      this.fail('P7', flawOfPuttingAside(message, invocation.service, invocation.messages));
    }
    if (routingKey !== deadQueueOf(invocation.service) || reason === undefined) return;
    const kind = String(reason).replace(/after \d+ attempts/, 'after all attempts');
    this.parkedReasons.set(kind, (this.parkedReasons.get(kind) ?? 0) + 1);
    if (!isRetry && !this.poison.has(`${invocation.service} ${messageId}`)) {
      this.fail('P7', `${messageId} was parked without a fault that explains it: ${reason}`);
    }
  }

  /** What is a fault of the order's own is none of those that came in one batch with it. */
  #isUnwritable(messageId: string): boolean {
    const order = rowOf(this.#world.tables.order.items.get(orderIdOf(messageId)));
    return order?.state.items.some(({ sku }: { readonly sku: string }) => sku === UNWRITABLE_SKU) ?? false;
  }

  published(
    { exchange, body, messageId, type, mandatory }: OutgoingMessage,
    invocation: Invocation | undefined,
  ): void {
    if (invocation === undefined) return;
    if (exchange === 'saga.events' || exchange === 'saga.failures') {
      invocation.saidOf.add(orderIdOf(messageId));
      this.said.add(messageId);
      if (!mandatory && shop.kindOf(type as EventType) !== 'outcome')
        this.fail('P7', `${messageId} may get lost: it is not mandatory`);
    } else invocation.putAside.set(messageId, body);
  }

  /** P7: what is taken out of the parking queue has been published again before. */
  unparked({ messageId, body }: Message, invocation: Invocation | undefined): void {
    const published = invocation?.putAside.get(messageId);
    if (published === undefined)
      this.fail('P7', `${messageId} was taken out of the parking queue and went nowhere`);
    else if (!isSame(published, body)) this.fail('P7', `${messageId} was changed by a redrive`);
  }

  invocationEnded(invocation: Invocation, end: End): void {
    this.answered(invocation, end);
    if (end.kind === 'threw' && invocation.messages.length > 0 && !invocation.failed.has('publish'))
      this.fail('P7', `${invocation.name} gave its whole batch back: ${String(end.error)}`);
    if (end.kind !== 'returned') return;
    if (invocation.pending > 0)
      this.fail('P7', `${invocation.name} returned with ${invocation.pending} calls under way`);
    if (invocation.faults === 0) for (const orderId of invocation.claimed) this.#overdue(orderId, invocation);
    for (const message of invocation.messages) {
      this.fail('P7', flawOfAcknowledgement(this.#world, invocation, message));
    }
  }

  /** Nothing fails for no reason: one bad message or request is no outage. */
  answered({ name, faults, calls }: Invocation, end: End): void {
    if (faults > 0 || calls >= CONTENTION * 2) return;
    if (end.kind === 'threw') this.fail('P7', `${name} met with no fault and threw ${String(end.error)}`);
    const { statusCode = 0, body } = ((end.kind === 'returned' && end.value) || {}) as Partial<HttpReply>;
    if (statusCode >= 500) this.fail('P7', `${name} met with no fault and answered ${statusCode} ${body}`);
  }

  /** A nudge that met with no fault leaves no order waiting past its deadline. */
  #overdue(orderId: string, { earliestMs, skewMs }: Invocation): void {
    const item = this.#world.tables.order.items.get(orderId);
    // Clocks may go back meanwhile, and forth again before what was decided then is written.
    const ageMs = earliestMs + skewMs - Number(rowOf(item)?.state.createdAtMs);
    if (statusOf(item) === 'PENDING' && ageMs >= DEADLINE_MS) {
      this.fail(
        'P3',
        `${orderId} was nudged ${Math.round(ageMs / 1000)} s after it was placed and still waits`,
      );
    }
  }

  callAfterEnd(about: string): void {
    this.fail('P7', `a call after its invocation had ended: ${about}`);
  }

  bound(invocation: Invocation): void {
    if (invocation.calls > MAX_CALLS)
      this.fail('P3', `${invocation.name} makes more than ${MAX_CALLS} calls`);
  }
}
