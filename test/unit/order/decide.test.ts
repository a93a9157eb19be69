import { describe, expect, test } from 'vitest';
import type { Command } from '../../../engine/saga/initiator.ts';
import type { Placed } from '../../../functions/order/decide.ts';
import { orders } from '../../../functions/order/table.ts';
import type { Fact } from '../../../functions/shop.ts';
import { cellsOf, expectUsable, gapsIn, inWords, statusesOf } from '../../support/decision-table.ts';
import { customerId, facts, items, knownTypes, paymentMethod } from '../../support/facts.ts';
import { decideOrder as decide } from '../../support/three-services.ts';

type Order = NonNullable<Parameters<typeof decide>[0]>;
type OrderCommand = Command<Placed>;

const DEADLINE_MS = 900_000;
const placed = { customerId, items, paymentMethod, fingerprint: 'body', createdAtMs: 1_000 };
const wish = { code: 'CUSTOMER' } as const;
const decline = { code: 'PAYMENT_DECLINED', decline: facts['payment.declined'].data.decline } as const;

/**
 * `+i`, `+p`: inventory, payment has answered. `CANCELLING`: the order said order.cancelling.
 * `~p:person`: payment waits for a person. `!p:person`: the same, and the failure that it cannot undo its step for has not come.
 * `CANCELLING*`: payment declined, which told everybody, so the order said nothing itself.
 */
const states = {
  nothing: undefined,
  PENDING: { ...placed, status: 'PENDING', answered: [] },
  'PENDING+i': { ...placed, status: 'PENDING', answered: ['inventory'] },
  'PENDING+p': { ...placed, status: 'PENDING', answered: ['payment'] },
  'PENDING+ip': { ...placed, status: 'PENDING', answered: ['inventory', 'payment'] },
  'PENDING~p:customer': { ...placed, status: 'PENDING', answered: [], waits: { payment: 'customer' } },
  'PENDING!p:person': { ...placed, status: 'PENDING', answered: [], impasses: { payment: 'person' } },
  CONFIRMED: { ...placed, status: 'CONFIRMED', totalMinor: 3_500, currency: 'EUR' },
  'CANCELLING*+p': {
    ...placed,
    status: 'CANCELLING',
    reason: decline,
    failure: 'payment.declined',
    answered: ['payment'],
  },
  CANCELLING: { ...placed, status: 'CANCELLING', reason: wish, failure: 'order.cancelling', answered: [] },
  'CANCELLING+i': {
    ...placed,
    status: 'CANCELLING',
    reason: wish,
    failure: 'order.cancelling',
    answered: ['inventory'],
  },
  'CANCELLING+p': {
    ...placed,
    status: 'CANCELLING',
    reason: wish,
    failure: 'order.cancelling',
    answered: ['payment'],
  },
  'CANCELLING~p:person': {
    ...placed,
    status: 'CANCELLING',
    reason: wish,
    failure: 'order.cancelling',
    answered: [],
    waits: { payment: 'person' },
  },
  'CANCELLING+i~p:person': {
    ...placed,
    status: 'CANCELLING',
    reason: wish,
    failure: 'order.cancelling',
    answered: ['inventory'],
    waits: { payment: 'person' },
  },
  CANCELLED: { ...placed, status: 'CANCELLED', reason: wish },
} as const satisfies Record<string, Order | undefined>;

const commands = {
  place: { type: 'place', placed },
  'place, other body': { type: 'place', placed: { ...placed, fingerprint: 'another body' } },
  cancel: { type: 'cancel', by: 'CUSTOMER' },
  nudge: { type: 'nudge', nowMs: placed.createdAtMs + DEADLINE_MS - 1, deadlineMs: DEADLINE_MS },
  'nudge, deadline': { type: 'nudge', nowMs: placed.createdAtMs + DEADLINE_MS, deadlineMs: DEADLINE_MS },
  told: { type: 'told' },
  'say-again': { type: 'say-again' },
  'say-again, lost': { type: 'say-again', owner: customerId },
} as const satisfies Record<string, OrderCommand>;

const inputs: Readonly<Record<string, OrderCommand | Fact>> = { ...commands, ...facts };

const pending = `
                     | nothing                | PENDING                       | PENDING+i                       | PENDING+p                       | PENDING+ip
place                | PENDING » order.placed | repeat                        | repeat                          | repeat                          | repeat
place, other body    | PENDING » order.placed | refuse                        | refuse                          | refuse                          | refuse
cancel               | refuse                 | CANCELLING » order.cancelling | CANCELLING+i » order.cancelling | CANCELLING+p » order.cancelling | CANCELLED » order.cancelled
nudge                | refuse                 | repeat                        | CANCELLING+i » order.cancelling | CANCELLING+p » order.cancelling | CANCELLED » order.cancelled
nudge, deadline      | refuse                 | CANCELLING » order.cancelling | CANCELLING+i » order.cancelling | CANCELLING+p » order.cancelling | CANCELLED » order.cancelled
told                 | refuse                 | ignore                        | ignore                          | ignore                          | ignore
say-again            | ignore                 | repeat                        | repeat                          | repeat                          | repeat
say-again, lost      | refuse                 | repeat                        | repeat                          | repeat                          | repeat
order.placed         | refuse                 | refuse                        | refuse                          | refuse                          | refuse
stock.reserved       | refuse                 | refuse                        | refuse                          | refuse                          | refuse
payment.captured     | refuse                 | CONFIRMED » order.confirmed   | ignore                          | ignore                          | ignore
stock.rejected       | refuse                 | CANCELLED » order.cancelled   | CANCELLED » order.cancelled     | CANCELLED » order.cancelled     | CANCELLED » order.cancelled
payment.declined     | refuse                 | CANCELLING*+p » (nothing)     | CANCELLED » order.cancelled     | CANCELLING*+p » (nothing)       | CANCELLED » order.cancelled
order.cancelling     | refuse                 | ignore                        | ignore                          | ignore                          | ignore
stock.released       | ignore                 | PENDING+i                     | ignore                          | PENDING+ip                      | ignore
payment.voided       | ignore                 | PENDING+p                     | PENDING+ip                      | ignore                          | ignore
payment.refunded     | ignore                 | PENDING+p                     | PENDING+ip                      | ignore                          | ignore
payment.challenged   | refuse                 | PENDING~p:customer            | PENDING+i~p:customer            | ignore                          | ignore
payment.unrefundable | ignore                 | PENDING!p:person              | PENDING+i!p:person              | ignore                          | ignore
payment.resolved     | ignore                 | PENDING+p                     | PENDING+ip                      | ignore                          | ignore
order.confirmed      | refuse                 | refuse                        | refuse                          | refuse                          | refuse
order.cancelled      | refuse                 | refuse                        | refuse                          | refuse                          | refuse
`;

const waiting = `
                     | PENDING~p:customer            | PENDING!p:person                       | CANCELLING~p:person   | CANCELLING+i~p:person
place                | repeat                        | repeat                                 | ignore                | ignore
place, other body    | refuse                        | refuse                                 | refuse                | refuse
cancel               | CANCELLING » order.cancelling | CANCELLING~p:person » order.cancelling | repeat                | repeat
nudge                | repeat                        | CANCELLING~p:person » order.cancelling | repeat                | repeat
nudge, deadline      | CANCELLING » order.cancelling | CANCELLING~p:person » order.cancelling | repeat                | repeat
told                 | ignore                        | ignore                                 | ignore                | ignore
say-again            | repeat                        | repeat                                 | repeat                | repeat
say-again, lost      | repeat                        | repeat                                 | repeat                | repeat
order.placed         | refuse                        | refuse                                 | refuse                | refuse
stock.reserved       | refuse                        | refuse                                 | refuse                | refuse
payment.captured     | CONFIRMED » order.confirmed   | ignore                                 | ignore                | ignore
stock.rejected       | CANCELLED » order.cancelled   | CANCELLED » order.cancelled            | CANCELLING+i~p:person | ignore
payment.declined     | CANCELLING*+p » (nothing)     | CANCELLING*+p » (nothing)              | CANCELLING+p          | CANCELLED » order.cancelled
order.cancelling     | ignore                        | ignore                                 | ignore                | ignore
stock.released       | PENDING+i~p:customer          | PENDING+i!p:person                     | CANCELLING+i~p:person | ignore
payment.voided       | PENDING+p                     | PENDING+p                              | CANCELLING+p          | CANCELLED » order.cancelled
payment.refunded     | PENDING+p                     | PENDING+p                              | CANCELLING+p          | CANCELLED » order.cancelled
payment.challenged   | ignore                        | ignore                                 | ignore                | ignore
payment.unrefundable | PENDING!p:person              | ignore                                 | ignore                | ignore
payment.resolved     | PENDING+p                     | PENDING+p                              | CANCELLING+p          | CANCELLED » order.cancelled
order.confirmed      | refuse                        | refuse                                 | refuse                | refuse
order.cancelled      | refuse                        | refuse                                 | refuse                | refuse
`;

const cancelling = `
                     | CANCELLING*+p                   | CANCELLING          | CANCELLING+i                | CANCELLING+p
place                | ignore                          | ignore              | ignore                      | ignore
place, other body    | refuse                          | refuse              | refuse                      | refuse
cancel               | repeat                          | repeat              | repeat                      | repeat
nudge                | CANCELLING+p » order.cancelling | repeat              | repeat                      | repeat
nudge, deadline      | CANCELLING+p » order.cancelling | repeat              | repeat                      | repeat
told                 | ignore                          | ignore              | ignore                      | ignore
say-again            | repeat                          | repeat              | repeat                      | repeat
say-again, lost      | repeat                          | repeat              | repeat                      | repeat
order.placed         | refuse                          | refuse              | refuse                      | refuse
stock.reserved       | refuse                          | refuse              | refuse                      | refuse
payment.captured     | ignore                          | ignore              | ignore                      | ignore
stock.rejected       | CANCELLED » order.cancelled     | CANCELLING+i        | ignore                      | CANCELLED » order.cancelled
payment.declined     | ignore                          | CANCELLING+p        | CANCELLED » order.cancelled | ignore
order.cancelling     | ignore                          | ignore              | ignore                      | ignore
stock.released       | CANCELLED » order.cancelled     | CANCELLING+i        | ignore                      | CANCELLED » order.cancelled
payment.voided       | ignore                          | CANCELLING+p        | CANCELLED » order.cancelled | ignore
payment.refunded     | ignore                          | CANCELLING+p        | CANCELLED » order.cancelled | ignore
payment.challenged   | ignore                          | ignore              | ignore                      | ignore
payment.unrefundable | ignore                          | CANCELLING~p:person | CANCELLING+i~p:person       | ignore
payment.resolved     | ignore                          | CANCELLING+p        | CANCELLED » order.cancelled | ignore
order.confirmed      | refuse                          | refuse              | refuse                      | refuse
order.cancelled      | refuse                          | refuse              | refuse                      | refuse
`;

const ended = `
                     | CONFIRMED | CANCELLED
place                | ignore    | ignore
place, other body    | refuse    | refuse
cancel               | refuse    | repeat
nudge                | ignore    | ignore
nudge, deadline      | ignore    | ignore
told                 | ignore    | ignore
say-again            | repeat    | repeat
say-again, lost      | repeat    | repeat
order.placed         | refuse    | refuse
stock.reserved       | refuse    | refuse
payment.captured     | repeat    | ignore
stock.rejected       | refuse    | repeat
payment.declined     | refuse    | repeat
order.cancelling     | ignore    | ignore
stock.released       | refuse    | repeat
payment.voided       | refuse    | repeat
payment.refunded     | refuse    | repeat
payment.challenged   | ignore    | ignore
payment.unrefundable | refuse    | ignore
payment.resolved     | refuse    | repeat
order.confirmed      | refuse    | refuse
order.cancelled      | refuse    | refuse
`;

const cells = cellsOf(pending, waiting, cancelling, ended);

function nameOf(order: Order): string {
  const silent = order.status === 'CANCELLING' && order.failure !== 'order.cancelling' ? '*' : '';
  const answered = 'answered' in order ? order.answered.map((service) => service.slice(0, 1)).toSorted() : [];
  const waits = 'waits' in order ? Object.entries(order.waits ?? {}) : [];
  const impasses = 'impasses' in order ? Object.entries(order.impasses ?? {}) : [];
  return [
    `${order.status}${silent}`,
    ...(answered.length > 0 ? [`+${answered.join('')}`] : []),
    ...waits.map(([service, whom]) => `~${service.slice(0, 1)}:${whom}`),
    ...impasses.map(([service, whom]) => `!${service.slice(0, 1)}:${whom}`),
  ].join('');
}

const stateNamed = (name: string): Order | undefined => states[name as keyof typeof states];
const inputNamed = (name: string): OrderCommand | Fact => inputs[name] as OrderCommand | Fact;

describe('the order answers every event and command in every state', () => {
  test.each(cells)('$row when $column: $says', ({ row, column, says }) => {
    expect(inWords(decide(stateNamed(column), inputNamed(row)), nameOf)).toBe(says);
  });

  test('the table has every event type, every command and every state, each once', () => {
    expect(gapsIn(cells, [...Object.keys(commands), ...knownTypes], Object.keys(states))).toEqual([]);
    expect(new Set(Object.values(states).map((state) => state?.status))).toEqual(
      new Set([undefined, ...statusesOf(orders.schema)]),
    );
    const commandTypes: Record<OrderCommand['type'], true> = {
      place: true,
      cancel: true,
      nudge: true,
      told: true,
      'say-again': true,
    };
    expect(new Set(Object.values(commands).map(({ type }) => type))).toEqual(
      new Set(Object.keys(commandTypes)),
    );
  });

  test('every state it accepts can be stored, and everything it says can be read', () => {
    expectUsable(cells, (row, column) => decide(stateNamed(column), inputNamed(row)), orders);
  });
});

describe('what an order says and keeps', () => {
  const accepted = (state: Order | undefined, input: OrderCommand | Fact) => {
    const decision = decide(state, input);
    if (decision.kind !== 'accept') throw new Error(`not accepted but ${JSON.stringify(decision)}`);
    return decision;
  };

  test('a placed order asks for exactly what its customer ordered', () => {
    expect(accepted(undefined, commands.place).says).toEqual([facts['order.placed']]);
  });

  test('a confirmed order carries what was captured', () => {
    const { state, says } = accepted(states.PENDING, facts['payment.captured']);
    expect(state).toEqual(states.CONFIRMED);
    expect(says).toEqual([facts['order.confirmed']]);
  });

  test.each([
    ['stock.rejected', states.PENDING, { code: 'OUT_OF_STOCK', skus: facts['stock.rejected'].data.skus }],
    ['payment.declined', states['PENDING+i'], decline],
  ] as const)('an order cancelled by %s keeps the reason', (type, before, reason) => {
    const { state, says } = accepted(before, facts[type]);
    expect(state).toEqual({ ...placed, status: 'CANCELLED', reason });
    expect(says).toEqual([{ type: 'order.cancelled', data: { customerId, code: reason.code } }]);
  });

  test.each([
    [{ type: 'cancel', by: 'CUSTOMER' }, 'CUSTOMER'],
    [{ type: 'cancel', by: 'OPERATOR' }, 'OPERATOR'],
    [commands['nudge, deadline'], 'DEADLINE'],
  ] as const)('%j cancels with the reason %s', (command, code) => {
    const { state, says } = accepted(states.PENDING, command);
    expect(state).toMatchObject({ status: 'CANCELLING', reason: { code } });
    expect(says).toEqual([{ type: 'order.cancelling', data: { customerId, cause: code } }]);
  });

  test('a compensation whose failure is not heard of cancels, and the failure still becomes the reason', () => {
    const { state, says } = accepted(states['PENDING+i'], commands.nudge);
    expect(state).toMatchObject({ status: 'CANCELLING', reason: { code: 'PARTICIPANT_FAILED' } });
    expect(says).toEqual([{ type: 'order.cancelling', data: { customerId, cause: 'PARTICIPANT_FAILED' } }]);
    expect(accepted(state, facts['payment.declined']).state).toMatchObject({
      status: 'CANCELLED',
      reason: decline,
    });
  });

  test.each(['stock.rejected', 'payment.declined'] as const)(
    'a wish to cancel stays the reason when %s follows',
    (type) => {
      expect(accepted(states.CANCELLING, facts[type]).state).toMatchObject({ reason: wish });
    },
  );

  test('a decline that has to be announced again keeps its reason', () => {
    const { state, says } = accepted(states['CANCELLING*+p'], commands.nudge);
    expect(state).toMatchObject({ reason: decline });
    expect(says).toEqual([{ type: 'order.cancelling', data: { customerId, cause: 'PAYMENT_DECLINED' } }]);
  });
});

describe('an order that is told what is not true', () => {
  const { data } = facts['payment.captured'];
  const [first, ...others] = data.lines;

  // Fails where the event is believed: the order is CONFIRMED for a penny, or for goods that nobody ordered.
  test.each([
    [{ ...data, amountMinor: 1, currency: 'JPY' }, '1 was captured, and the lines cost 3500'],
    [{ ...data, lines: others, amountMinor: 500 }, '1 pen were paid for, and 2 mug, 1 pen ordered'],
    [
      { ...data, lines: [{ ...first, quantity: 3 }, ...others], amountMinor: 5_000 },
      '3 mug, 1 pen were paid for, and 2 mug, 1 pen ordered',
    ],
  ] as const)('refuses it with the reason: %j', (told, reason) => {
    const captured = { type: 'payment.captured', data: told } as Fact;
    expect(decide(states.PENDING, captured)).toEqual({ kind: 'refuse', reason });
  });

  // Fails where it only refuses: the charge for an order that never was is kept.
  test('has a charge for no order undone', () => {
    expect(decide(undefined, facts['payment.captured'])).toEqual({
      kind: 'refuse',
      reason: 'payment.captured for a saga that was never placed',
      says: [{ type: 'order.cancelling', data: { customerId, cause: 'NEVER_PLACED' } }],
    });
  });
});

describe('after a restore', () => {
  const saidAgain = (state: Order | undefined, owner?: string) =>
    decide(state, { type: 'say-again', ...(owner === undefined ? {} : { owner }) });

  test('a confirmed order is placed again for those that have forgotten it', () => {
    expect(saidAgain(states.CONFIRMED)).toEqual({
      kind: 'repeat',
      also: [{ type: 'order.placed', data: { customerId, items, paymentMethod } }],
    });
  });

  test('a cancelled order is cancelled again, whoever failed then', () => {
    expect(saidAgain({ ...states.CANCELLED, reason: decline })).toEqual({
      kind: 'repeat',
      also: [{ type: 'order.cancelling', data: { customerId, cause: 'PAYMENT_DECLINED' } }],
    });
  });

  test('an order that is lost is cancelled for its customer', () => {
    expect(saidAgain(undefined, customerId)).toMatchObject({
      kind: 'refuse',
      says: [{ type: 'order.cancelling', data: { customerId, cause: 'NEVER_PLACED' } }],
    });
  });

  // Fails where a reason is looked for that is forgotten: then nothing of the page is ever said.
  test('an order that is forgotten is cancelled again by whoever knows whose it was, and not confirmed', () => {
    const forgotten = (status: 'CONFIRMED' | 'CANCELLED') => ({ status, fingerprint: 'digest' }) as never;
    const nothing = { kind: 'ignore', reason: 'what it was is forgotten' };
    expect(saidAgain(forgotten('CANCELLED'))).toEqual(nothing);
    expect(saidAgain(forgotten('CONFIRMED'), customerId)).toEqual(nothing);
    expect(saidAgain(forgotten('CANCELLED'), customerId)).toEqual({
      kind: 'repeat',
      also: [{ type: 'order.cancelling', data: { customerId, cause: 'FORGOTTEN' } }],
    });
  });
});
