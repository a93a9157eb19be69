import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { AnyFact } from '../../../engine/saga/declaration.ts';
import { defineSaga } from '../../../engine/saga/define-saga.ts';
import type { Answer, ExternalState } from '../../../engine/saga/external-state.ts';
import { externalStep } from '../../../engine/saga/external-step.ts';
import { cellsOf, gapsIn, inWords, statusesOf } from '../../support/decision-table.ts';
import { trip, tripDeclaration, tripWithMail } from '../../support/declared-sagas.ts';
import { shopWithShipping } from '../../support/declared-shops.ts';
import { customerId, facts, pricedItems } from '../../support/facts.ts';

const answers: Readonly<Record<string, Answer>> = {
  'call.done': { type: 'call.done', answer: { trackingId: 'T1' } },
  'call.refused': { type: 'call.refused', answer: { code: 'TOO_MANY' } },
  'undo.done': { type: 'undo.done', answer: {} },
};

describe('a participant that needs what two events say', () => {
  const shipping = externalStep(shopWithShipping, 'shipping', {
    asks: z.object({ amountMinor: z.int(), lines: z.array(z.looseObject({})).readonly() }),
  });
  const { 'payment.captured': captured, 'stock.reserved': reserved } = facts;
  const request = { amountMinor: 3_500, lines: pricedItems };
  const heardOf = (...heard: readonly AnyFact[]) =>
    Object.fromEntries(heard.map(({ type, data }) => [type, { version: 1, data }]));

  // What was captured does not say whose it is.
  const states: Readonly<Record<string, ExternalState | undefined>> = {
    nothing: undefined,
    'WAITING+p': { status: 'WAITING', heard: heardOf(captured) },
    'WAITING+s': { customerId, status: 'WAITING', heard: heardOf(reserved) },
    ASKING: { customerId, status: 'ASKING', ...request },
    VOID: { customerId, status: 'VOID' },
  };
  const inputs: Readonly<Record<string, AnyFact | Answer>> = {
    'payment.captured': captured,
    'stock.reserved': reserved,
    'order.cancelling': facts['order.cancelling'],
    'payment.declined': facts['payment.declined'],
    'stock.rejected': facts['stock.rejected'],
    'shipment.refused': { type: 'shipment.refused', data: { customerId, code: 'X' } },
    'stock.released': facts['stock.released'],
    ...answers,
  };
  const cells = cellsOf(`
                   | nothing                   | WAITING+p                 | WAITING+s                 | ASKING                      | VOID
  payment.captured | WAITING+p » (nothing)     | ignore                    | ASKING ⇒ ask              | resume ask                  | repeat
  stock.reserved   | WAITING+s » (nothing)     | ASKING ⇒ ask              | ignore                    | resume ask                  | repeat
  order.cancelling | VOID » shipment.recalled  | VOID » shipment.recalled  | VOID » shipment.recalled  | ABANDONING ⇒ ask            | repeat
  payment.declined | ignore                    | ignore                    | ignore                    | ignore                      | ignore
  stock.rejected   | ignore                    | ignore                    | ignore                    | ignore                      | ignore
  shipment.refused | ignore                    | ignore                    | ignore                    | ignore                      | ignore
  stock.released   | refuse                    | refuse                    | refuse                    | refuse                      | refuse
  call.done        | refuse                    | refuse                    | refuse                    | DONE » shipment.booked      | refuse
  call.refused     | refuse                    | refuse                    | refuse                    | REFUSED » shipment.refused  | repeat
  undo.done        | refuse                    | refuse                    | refuse                    | refuse                      | refuse
  `);
  const nameOf = ({ status, heard }: ExternalState) =>
    heard === undefined
      ? status
      : `${status}+${Object.keys(heard as object)
          .map((type) => type.slice(0, 1))
          .join('')}`;
  const decisionOf = (row: string, column: string) =>
    shipping.decide(states[column], inputs[row] as AnyFact | Answer);

  test.each(cells)('$row when $column: $says', ({ row, column, says }) => {
    expect(inWords(decisionOf(row, column), nameOf)).toBe(says);
  });

  test('the table has every such input and every such state, each once', () => {
    expect(gapsIn(cells, Object.keys(inputs), Object.keys(states))).toEqual([]);
    expect(statusesOf(shipping.table.schema)).toContain('WAITING');
  });

  test('asks the same, whichever of them came first', () => {
    const accepted = {
      kind: 'accept',
      state: states.ASKING,
      says: [],
      effect: { call: 'ask', request, again: false },
    };
    expect(decisionOf('stock.reserved', 'WAITING+p')).toEqual(accepted);
    expect(decisionOf('payment.captured', 'WAITING+s')).toEqual(accepted);
  });

  test('keeps what it has heard where it can be read again', () => {
    for (const row of ['payment.captured', 'stock.reserved']) {
      const decision = decisionOf(row, 'nothing');
      expect(shipping.table.schema.parse(decision.kind === 'accept' && decision.state)).toEqual(
        decision.kind === 'accept' && decision.state,
      );
    }
  });

  test('is never written unread, since either may be the first', () => {
    expect(shipping).not.toHaveProperty('opens');
  });
});

// Fails where what came last wins: the same saga asks for three days or for five, as its messages happen to overtake each other.
test('where two events have a member of the same name, the declaration’s order decides and not that of the messages', () => {
  const { participants, events } = tripDeclaration;
  const saga = defineSaga({
    ...tripDeclaration,
    completes: ['car.booked'],
    participants: {
      ...participants,
      car: { ...participants.car, consumes: ['trip.requested', 'flight.booked', 'hotel.booked'] },
    },
    events,
  });
  const { decide } = externalStep(saga, 'car', { asks: z.object({ days: z.int() }) });
  const told: readonly AnyFact[] = [
    { type: 'trip.requested', data: { travellerId: 'traveller-1', days: 3 } },
    { type: 'flight.booked', data: { days: 5, seat: '12A' } },
    { type: 'hotel.booked', data: { room: '7' } },
  ];
  fc.assert(
    fc.property(fc.shuffledSubarray([...told], { minLength: 3 }), (facts) => {
      let state: ExternalState | undefined;
      for (const fact of facts) {
        const decision = decide(state, fact);
        if (decision.kind === 'accept') state = decision.state;
      }
      expect(state).toEqual({ travellerId: 'traveller-1', status: 'ASKING', days: 5 });
    }),
  );
});

describe('whoever hears of an outcome', () => {
  const mail = externalStep(tripWithMail, 'congratulation', { asks: z.object({ seat: z.string() }) });
  const owned = { travellerId: 'traveller-1', seat: '12A' };
  const states: Readonly<Record<string, ExternalState | undefined>> = {
    nothing: undefined,
    ASKING: { ...owned, status: 'ASKING' },
    DONE: { travellerId: 'traveller-1', status: 'DONE', sentAt: 'noon' },
  };
  const inputs: Readonly<Record<string, AnyFact | Answer>> = {
    ...Object.fromEntries(tripWithMail.eventTypes.map((type) => [type, { type, data: owned }])),
    ...answers,
    'call.done': { type: 'call.done', answer: { sentAt: 'noon' } },
  };
  const heard = cellsOf(`
               | nothing      | ASKING           | DONE
  trip.booked  | ASKING ⇒ ask | resume ask       | repeat
  call.done    | refuse       | DONE » (nothing) | repeat
  call.refused | refuse       | refuse           | refuse
  undo.done    | refuse       | refuse           | refuse
  `);

  test.each(heard)('$row when $column: $says', ({ row, column, says }) => {
    expect(inWords(mail.decide(states[column], inputs[row] as AnyFact), ({ status }) => status)).toBe(says);
  });

  test('undoes nothing, whatever fails, and is told of nothing else', () => {
    for (const type of tripWithMail.eventTypes) {
      if (type === 'trip.booked') continue;
      const kind = tripWithMail.kindOf(type) === 'failure' ? 'ignore' : 'refuse';
      for (const state of Object.values(states))
        expect(mail.decide(state, inputs[type] as AnyFact), type).toMatchObject({ kind });
    }
  });

  test('cannot be refused: the answer is a fault', () => {
    expect(mail.decide(states.ASKING, inputs['call.refused'] as AnyFact)).toEqual({
      kind: 'refuse',
      reason: 'congratulation cannot be refused: it says no failure',
    });
  });
});

// Fails where it waits for both: a saga never has the other one.
test('whoever hears of both outcomes asks on the one that comes, with what that says', () => {
  const both = defineSaga({
    ...tripDeclaration,
    participants: {
      ...tripDeclaration.participants,
      news: { consumes: ['trip.booked', 'trip.cancelled'], says: {} },
    },
  });
  const news = externalStep(both, 'news', {
    asks: z.object({ seat: z.string().optional(), code: z.string().optional() }),
  });
  const travellerId = 'traveller-1';
  for (const [type, told] of [
    ['trip.booked', { seat: '12A' }],
    ['trip.cancelled', { code: 'FULL' }],
  ] as const)
    expect(news.decide(undefined, { type, data: { travellerId, ...told } })).toEqual({
      kind: 'accept',
      state: { travellerId, status: 'ASKING', ...told },
      says: [],
      effect: { call: 'ask', request: told, again: false },
    });
  expect(both.takesPart('news')).toBe(false);
});

test('a participant without a compensation goes on when another one fails, and is never undone', () => {
  const { participants } = tripDeclaration;
  const { 'car.cancelled': _, ...events } = tripDeclaration.events;
  const says = { 'car.booked': 'step', 'car.refused': 'failure' } as const;
  const saga = defineSaga({
    ...tripDeclaration,
    events,
    participants: { ...participants, car: { ...participants.car, says } },
  });
  const { decide } = externalStep(saga, 'car', { asks: z.object({}) });
  const failed = { type: 'hotel.refused', data: { travellerId: 'traveller-1', code: 'FULL' } };
  for (const status of ['ASKING', 'DONE', 'REFUSED'])
    expect(decide({ travellerId: 'traveller-1', status }, failed)).toMatchObject({ kind: 'ignore' });
  expect(decide(undefined, failed)).toMatchObject({ kind: 'ignore' });
  expect(trip.compensatorsOf('hotel.refused')).toContain('car');
  expect(saga.compensatorsOf('hotel.refused')).not.toContain('car');
});
