import { describe, expect, test } from 'vitest';
import type { Finding } from '../../functions/reconciliation/compare.ts';
import { shop } from '../../functions/shop.ts';
import type { Books } from '../support/saga/books.ts';
import type { Row } from '../support/saga/records.ts';
import type { LoggedOrder } from './client-log.ts';
import { errandOf } from './errand.ts';
import { type Evidence, verdict } from './verdict.ts';

/**
 * Goal: the checker is blind to no promise. Method: books in which everything is right, and then one thing after
 * another that is not.
 */
const errand = {
  ...errandOf('verdict', 0),
  key: 'key-1',
  items: [{ sku: 'hot', quantity: 2 }],
  paymentMethod: 'pm_card_visa',
};
const { cancelAfterMs: _, ...patient } = errand;

const confirmed = { status: 'CONFIRMED', totalMinor: 2_580 };
const cancelled = { status: 'CANCELLED', reason: { code: 'OUT_OF_STOCK' } };
const lines = [{ sku: 'hot', quantity: 2 }];

/** Whoever takes part besides has heard of nothing. */
const recordsOf = (known: Partial<Books['records']>): Books['records'] =>
  Object.fromEntries(
    shop.services.map((service) => [service, known[service] ?? new Map()]),
  ) as Books['records'];

/** What a participant has said by then. */
const saidIn: Readonly<Record<string, readonly string[]>> = {
  RESERVED: ['stock.reserved'],
  REJECTED: ['stock.rejected'],
  RELEASED: ['stock.released'],
  CAPTURED: ['payment.captured'],
  VOIDED: ['payment.voided'],
};

/** One order, paid and reserved. */
function books({
  order = confirmed,
  reservation = { status: 'RESERVED', lines },
  payment = { status: 'CAPTURED' },
  available = 98,
  counted = 0,
  captures = 1,
  keptMinor = 2_580,
}: {
  order?: Row | undefined;
  reservation?: Row;
  payment?: Row;
  available?: number;
  counted?: number;
  captures?: number;
  keptMinor?: number;
} = {}): Books {
  const row = (state: Row): ReadonlyMap<string, Row> =>
    new Map([['ord_1', { orderId: 'ord_1', version: 2, state, said: saidIn[String(state.status)] ?? [] }]]);
  const orders = row(order);
  return {
    orders,
    records: recordsOf({ order: orders, inventory: row(reservation), payment: row(payment) }),
    available: new Map([['hot', available]]),
    tallies: new Map([['alice', { counted, open: 0 }]]),
    ledger: { ord_1: { captures, keptMinor } },
    waiting: 0,
    deadLetters: 0,
  };
}

const order: LoggedOrder = { errand: patient, orderId: 'ord_1', cancellation: 'none' };
const nonsense = { queue: 'order.dead', messageId: 'poison-1', reason: 'not JSON' };

function evidence(change: Partial<Evidence> & { readonly told?: Partial<LoggedOrder> } = {}): Evidence {
  const { told, ...rest } = change;
  return {
    log: { orders: new Map([['key-1', { ...order, ...told }]]), complaints: [] },
    shelf: new Map([['hot', { sku: 'hot', available: 100, unitPriceMinor: 1_290 }]]),
    books: books(),
    withoutOrder: { captures: 0 },
    reconciliation: { findings: [], open: 0 },
    deadLetters: [nonsense],
    poison: new Map([['poison-1', 'order.dead']]),
    afterRedrive: change.books ?? books(),
    deadLettersAfterRedrive: [nonsense],
    ...rest,
  };
}

/** What the auditor says of an order. */
const found = (kind: Finding['kind']): Finding => ({
  kind,
  code: kind === 'information' ? 'DISPUTED' : 'CHARGED_TWICE',
  orderId: 'ord_1',
  sentence: 'pi_1 and pi_2 are charged',
  capturedMinor: 0,
  returnedMinor: 0,
  paymentIntentIds: [],
});

/** As an order ends for which nothing was left. */
const hoardedFrom = {
  status: 'CANCELLED',
  reason: { code: 'OUT_OF_STOCK', skus: ['grabbed'] },
  customerId: 'alice',
  items: [{ sku: 'grabbed', quantity: 1 }],
};
const soldOut = { reservation: { status: 'REJECTED' }, payment: { status: 'VOIDED' }, available: 100 };
const undone = { ...soldOut, captures: 0, keptMinor: 0 };

describe('the verdict', () => {
  test('has nothing against books that are right', () => {
    expect(verdict(evidence())).toEqual([]);
    const errandForScarce = { ...patient, items: [{ sku: 'scarce', quantity: 1 }] };
    const rejected = books({ order: cancelled, ...undone });
    expect(verdict(evidence({ books: rejected, told: { errand: errandForScarce } }))).toEqual([]);
  });

  test('leaves to people what people did at the provider', () => {
    const reconciliation = { findings: [found('information')], open: 0 };
    expect(verdict(evidence({ reconciliation }))).toEqual([]);
  });

  test.each<[string, Parameters<typeof evidence>[0]]>([
    ['fairness a place that is never given back', { books: books({ counted: 1 }) }],
    ['fairness somebody who hoards gets all there is', { books: books({ ...soldOut, order: hoardedFrom }) }],
    ['P1 stock that is gone', { books: books({ available: 97 }) }],
    ['P1 stock taken twice', { books: books({ available: 96 }) }],
    ['P2 a second capture', { books: books({ captures: 2, keptMinor: 5_160 }) }],
    ['P2 a sum that is not the total', { books: books({ keptMinor: 2_579 }) }],
    ['P2 money kept of a cancelled order', { books: books({ order: cancelled, ...undone, keptMinor: 1 }) }],
    ['P2 a capture for no order', { withoutOrder: { captures: 1 } }],
    ['P2 what the auditor finds', { reconciliation: { findings: [found('disagreement')], open: 0 } }],
    ['P2 what the auditor takes for stuck', { reconciliation: { findings: [found('stuck')], open: 0 } }],
    ['P3 what the auditor takes for open', { reconciliation: { findings: [], open: 1 } }],
    ['P3 an order that has not ended', { books: books({ order: { status: 'CANCELLING' } }) }],
    ['P4 confirmed and not reserved', { books: books({ reservation: { status: 'RELEASED' } }) }],
    ['P4 confirmed and not paid', { books: books({ payment: { status: 'CHARGING' } }) }],
    ['P4 cancelled without a cause', { books: books({ order: cancelled, ...undone }) }],
    [
      'P4 a declined card confirmed',
      { told: { errand: { ...patient, paymentMethod: 'pm_card_chargeDeclined' } } },
    ],
    ['P5 an order that no client knows', { log: { orders: new Map(), complaints: [] } }],
    ['P6 an order that is lost', { books: { ...books(), orders: new Map() } }],
    ['P6 a cancellation that is forgotten', { told: { cancellation: 'wished' } }],
    ['P7 nonsense that vanished', { deadLetters: [] }],
    ['P7 nonsense that a redrive lost', { deadLettersAfterRedrive: [] }],
    [
      'P7 a message without a reason',
      { deadLetters: [nonsense, { ...nonsense, messageId: 'm', reason: undefined }] },
    ],
    ['P8 an order that a redrive changed', { afterRedrive: books({ order: { status: 'CANCELLED' } }) }],
    ['P8 stock that a redrive moved', { afterRedrive: books({ available: 100 }) }],
    ['P8 money that a redrive moved', { afterRedrive: books({ keptMinor: 0 }) }],
  ])('sees %s', (name, change) => {
    const promises = verdict(evidence(change)).map((violation) => violation.slice(0, 2));
    expect(promises).toContain(name.slice(0, 2));
  });

  test('sees two keys that name one order', () => {
    const orders = new Map([
      ['key-1', order],
      ['key-2', { ...order, errand: { ...patient, key: 'key-2' } }],
    ]);
    expect(verdict(evidence({ log: { orders, complaints: [] } }))).toEqual([
      'P5 ord_1 answers both key-1 and key-2',
    ]);
  });
});
