/**
 * What an order, its payment, its reservation and the provider must agree on, once the order has ended:
 *
 *                payment                                reservation                    kept at the provider
 *   CONFIRMED    CAPTURED                               RESERVED                       the total
 *   CANCELLED    none, DECLINED, VOIDED or REFUNDED     none, REJECTED or RELEASED     nothing
 *   no order     the same                               the same                       nothing
 *
 * Money that people move after an order was CONFIRMED, disputes, and refunds that an operator has resolved by hand are
 * told as information: no participant did that.
 */
import type { Facts, IntentFacts, Movement, Sum } from './facts.ts';

export type Code =
  | 'UNREADABLE_RECORD'
  | 'CHARGED_TWICE'
  | 'OTHER_INTENT_CHARGED'
  | 'MONEY_WITHOUT_ORDER'
  | 'CONFIRMED_UNPAID'
  | 'CONFIRMED_OTHER_MONEY'
  | 'CANCELLED_MONEY_KEPT'
  | 'PAYMENT_STATUS_DIFFERS'
  | 'AMOUNTS_DIFFER'
  | 'STOCK_WITHOUT_ORDER'
  | 'CONFIRMED_STOCK_NOT_HELD'
  | 'CANCELLED_STOCK_HELD'
  | 'STUCK'
  | 'GIVEN_BACK_AFTER_CONFIRMED'
  | 'DISPUTED'
  | 'RESOLVED_BY_HAND';

export interface Finding {
  readonly kind: 'disagreement' | 'stuck' | 'information';
  readonly code: Code;
  readonly orderId: string;
  /** One sentence for whoever looks into it. */
  readonly sentence: string;
  readonly capturedMinor: number;
  readonly returnedMinor: number;
  readonly paymentIntentIds: readonly string[];
}

export interface Verdict {
  /** `open`: still under way, or ended so lately that the sides were perhaps not read at one time. */
  readonly progress: 'ended' | 'open' | 'stuck';
  readonly findings: readonly Finding[];
}

export interface Terms {
  /** When the provider was read, which comes before the records. */
  readonly nowMs: number;
  /** An order that has changed since is open. */
  readonly settleMs: number;
  /** What is under way and has not changed for so long is stuck. */
  readonly stuckMs: number;
  /** By so much the provider's clock may differ from those of the functions. */
  readonly clockErrorMs: number;
}

type Told = Pick<Finding, 'code' | 'sentence'>;

export function compare(facts: Facts, terms: Terms): Verdict {
  const { order, payment, unreadable = [] } = facts;
  const judged = (progress: Verdict['progress'], kind: Finding['kind'], told: readonly Told[]): Verdict => ({
    progress,
    findings: told.map((each) => findingOf(facts, kind, each)),
  });
  if (unreadable.length > 0) {
    const sentence = `the record in ${unreadable.join(' and ')} cannot be read`;
    return judged('ended', 'disagreement', [{ code: 'UNREADABLE_RECORD', sentence }]);
  }
  const waitedMs = terms.nowMs - lastChangeMs(facts);
  if (isUnderWay(facts)) {
    if (waitedMs < terms.stuckMs) return judged('open', 'stuck', []);
    const is = `${order?.status ?? 'not there'}, its payment ${payment?.status ?? 'not there'}`;
    const sentence = `the order is ${is}, and nothing has changed for ${Math.round(waitedMs / 60_000)} minutes`;
    return judged('stuck', 'stuck', [{ code: 'STUCK', sentence }]);
  }
  if (waitedMs < terms.settleMs) return judged('open', 'disagreement', []);
  const wrong = [
    disagreementOfMoney(facts, terms) ?? disagreementOfAmounts(facts),
    disagreementOfStock(facts),
  ];
  const findings = [
    ...judged('ended', 'disagreement', wrong.filter(isTold)).findings,
    ...judged('ended', 'information', informationOn(facts, terms)).findings,
  ];
  return { progress: 'ended', findings };
}

const isTold = (told: Told | undefined): told is Told => told !== undefined;

const findingOf = ({ orderId, intents }: Facts, kind: Finding['kind'], told: Told): Finding => ({
  kind,
  ...told,
  orderId,
  capturedMinor: sumOf(intents, ({ capturedMinor }) => capturedMinor),
  returnedMinor: sumOf(intents, returnedBy),
  paymentIntentIds: intents.map(({ id }) => id),
});

/** In every other status the payment waits for the provider. */
const ENDED_PAYMENTS = ['CAPTURED', 'DECLINED', 'VOIDED', 'REFUNDED', 'RESOLVED'];

function isUnderWay({ order, payment }: Facts): boolean {
  if (order?.status === 'PENDING' || order?.status === 'CANCELLING') return true;
  return order?.status !== 'CONFIRMED' && payment !== undefined && !ENDED_PAYMENTS.includes(payment.status);
}

function lastChangeMs({ order, reservation, payment, intents }: Facts): number {
  const records = [order, reservation, payment].flatMap((each) => (each === undefined ? [] : each.sinceMs));
  return Math.max(...(records.length > 0 ? records : intents.map(({ createdAtMs }) => createdAtMs)));
}

const sumOf = <T>(all: readonly T[], amountOf: (each: T) => number): number =>
  all.reduce((sum, each) => sum + amountOf(each), 0);
const movedIn = (movements: readonly Movement[]): number =>
  sumOf(movements, ({ amountMinor }) => amountMinor);
const returnedBy = ({ refunds }: IntentFacts): number => movedIn(refunds);

/** The first thing that is wrong with the money: what follows from it is not told besides. */
function disagreementOfMoney(facts: Facts, terms: Terms): Told | undefined {
  const { order, payment, intents } = facts;
  const charged = intents.filter(({ capturedMinor }) => capturedMinor > 0);
  const [charge, another] = charged;
  const named = payment?.paymentIntentId;
  if (another !== undefined)
    return { code: 'CHARGED_TWICE', sentence: `${charged.map(({ id }) => id).join(' and ')} are charged` };
  if (charge !== undefined && named !== undefined && charge.id !== named) {
    const sentence = `${charge.id} is charged, and the payment's record names ${named}`;
    return { code: 'OTHER_INTENT_CHARGED', sentence };
  }
  const money =
    order?.status === 'CONFIRMED' ? flawOfPaid(facts, charge, terms) : flawOfUnpaid(facts, charge);
  return money ?? flawOfPayment(facts, charge);
}

/** CONFIRMED: what was charged, and not given back before, is the total. */
function flawOfPaid(
  { order, payment }: Facts,
  charge: IntentFacts | undefined,
  terms: Terms,
): Told | undefined {
  if (charge === undefined) {
    const sentence = `the order is CONFIRMED, its payment ${payment?.status ?? 'not there'}, and nothing is charged`;
    return { code: 'CONFIRMED_UNPAID', sentence };
  }
  const [before] = dividedAtConfirmation(charge.refunds, order?.sinceMs ?? 0, terms);
  const paid = { amountMinor: charge.capturedMinor - movedIn(before), currency: charge.currency };
  if (order?.total !== undefined && isSame(paid, order.total)) return undefined;
  const sentence = `the order is CONFIRMED, ${inWords(order?.total)} is due, and ${inWords(paid)} was paid`;
  return { code: 'CONFIRMED_OTHER_MONEY', sentence };
}

/** Any other order: nothing is kept. */
function flawOfUnpaid({ order, payment }: Facts, charge: IntentFacts | undefined): Told | undefined {
  const keptMinor = charge === undefined ? 0 : charge.capturedMinor - returnedBy(charge);
  // The operator who resolved it has settled the rest with the customer.
  if (charge === undefined || keptMinor === 0 || payment?.status === 'RESOLVED') return undefined;
  const kept = inWords({ amountMinor: keptMinor, currency: charge.currency });
  const is = `its payment is ${payment?.status ?? 'not there'}, and ${kept} is kept`;
  return order === undefined
    ? { code: 'MONEY_WITHOUT_ORDER', sentence: `there is no such order, ${is}` }
    : { code: 'CANCELLED_MONEY_KEPT', sentence: `the order is CANCELLED, ${is}` };
}

/** The money is right, and the payment's record says otherwise. */
function flawOfPayment({ order, payment }: Facts, charge: IntentFacts | undefined): Told | undefined {
  const status = payment?.status ?? 'not there';
  const right = order?.status === 'CONFIRMED' ? ['CAPTURED'] : rightUnlessConfirmed(charge);
  if (right.includes(status)) return undefined;
  const done = charge === undefined ? 'nothing is charged' : `${charge.id} is charged`;
  const sentence = `the payment is ${status}, the order ${order?.status ?? 'not there'}, and ${done}`;
  return { code: 'PAYMENT_STATUS_DIFFERS', sentence };
}

/** A charge that a person gave back before it was written down is DECLINED. */
const rightUnlessConfirmed = (charge: IntentFacts | undefined): readonly string[] =>
  charge === undefined
    ? ['not there', 'DECLINED', 'VOIDED', 'RESOLVED']
    : ['DECLINED', 'REFUNDED', 'RESOLVED'];

/** What each side takes for the order's price. */
function disagreementOfAmounts({ order, reservation, payment, intents }: Facts): Told | undefined {
  const intent = intents.find(({ id }) => id === payment?.paymentIntentId);
  const told = Object.entries({
    order: order?.total,
    reservation: reservation?.total,
    payment: payment?.sum,
    'payment intent': intent,
  }).flatMap(([side, sum]) => (sum === undefined ? [] : [{ side, sum }]));
  const [first] = told;
  if (first === undefined || told.every(({ sum }) => isSame(sum, first.sum))) return undefined;
  const sentence = `the price is ${told.map(({ side, sum }) => `${inWords(sum)} for the ${side}`).join(', ')}`;
  return { code: 'AMOUNTS_DIFFER', sentence };
}

function disagreementOfStock({ order, reservation }: Facts): Told | undefined {
  const status = reservation?.status ?? 'not there';
  const isHeld = status === 'RESERVED';
  if (order?.status === 'CONFIRMED') {
    const sentence = `the order is CONFIRMED, and its reservation is ${status}`;
    return isHeld ? undefined : { code: 'CONFIRMED_STOCK_NOT_HELD', sentence };
  }
  if (!isHeld) return undefined;
  return order === undefined
    ? { code: 'STOCK_WITHOUT_ORDER', sentence: 'there is no such order, and stock is RESERVED for it' }
    : { code: 'CANCELLED_STOCK_HELD', sentence: 'the order is CANCELLED, and its stock is RESERVED' };
}

function informationOn({ order, payment, intents }: Facts, terms: Terms): readonly Told[] {
  const refunds = intents.flatMap((intent) => intent.refunds);
  const [, after] = dividedAtConfirmation(refunds, order?.sinceMs ?? 0, terms);
  const disputes = intents.flatMap((intent) => intent.disputes);
  const told: Told[] = [];
  if (order?.status === 'CONFIRMED' && after.length > 0) {
    const sentence = `people gave back ${movedIn(after)} minor units after the order was CONFIRMED`;
    told.push({ code: 'GIVEN_BACK_AFTER_CONFIRMED', sentence });
  }
  if (disputes.length > 0)
    told.push({ code: 'DISPUTED', sentence: `${movedIn(disputes)} minor units are disputed` });
  if (payment?.status === 'RESOLVED') {
    const sentence = 'the provider refused the refund, and an operator has resolved it by hand';
    told.push({ code: 'RESOLVED_BY_HAND', sentence });
  }
  return told;
}

/** The provider tells whole seconds. */
function dividedAtConfirmation(refunds: readonly Movement[], confirmedMs: number, { clockErrorMs }: Terms) {
  const isAfter = ({ atMs }: Movement) => atMs >= Math.floor((confirmedMs - clockErrorMs) / 1_000) * 1_000;
  return [refunds.filter((refund) => !isAfter(refund)), refunds.filter(isAfter)] as const;
}

const isSame = (one: Sum, other: Sum): boolean =>
  one.amountMinor === other.amountMinor && one.currency === other.currency;

const inWords = (sum: Sum | undefined): string =>
  sum === undefined ? 'nothing' : `${sum.amountMinor} (minor units) ${sum.currency}`;
