import { describe, expect, test } from 'vitest';
import type { Answer, ExternalCommand, ExternalState } from '../../../engine/saga/external-state.ts';
import { charging } from '../../../functions/payment/decide.ts';
import { payments } from '../../../functions/payment/table.ts';
import type { Fact } from '../../../functions/shop.ts';
import { cellsOf, expectUsable, gapsIn, inWords, statusesOf } from '../../support/decision-table.ts';
import {
  customerId,
  facts,
  knownTypes,
  paymentMethod,
  pricedItems,
  resolution,
} from '../../support/facts.ts';

const amount = { lines: pricedItems, amountMinor: 3_500, currency: 'EUR' };
const charge = { customerId, ...amount };
const { decline } = facts['payment.declined'].data;
const paymentIntentId = 'pi_1';
const refundId = 're_1';

const action = { clientSecret: 'pi_1_secret_1', call: 'stripe.handleNextAction({ clientSecret })' };
const unrefundable = facts['payment.unrefundable'].data;
const disputes = [{ id: 'dp_1', status: 'needs_response', reason: 'fraudulent', amountMinor: 3_500 }];

const states = {
  nothing: undefined,
  CHARGING: { ...charge, status: 'CHARGING', paymentMethod, paymentIntentId },
  AWAITING_CUSTOMER: { ...charge, status: 'AWAITING_CUSTOMER', paymentMethod, paymentIntentId, action },
  VOIDING: { ...charge, status: 'VOIDING', paymentMethod, paymentIntentId },
  CAPTURED: { ...charge, status: 'CAPTURED', paymentIntentId },
  REFUNDING: { ...charge, status: 'REFUNDING', paymentIntentId },
  'REFUNDING!': { ...charge, status: 'REFUNDING', paymentIntentId, impasse: unrefundable },
  RESOLVED: { ...charge, status: 'RESOLVED', paymentIntentId, resolution },
  REFUNDED: { ...charge, status: 'REFUNDED', paymentIntentId, refundId },
  DECLINED: { ...charge, status: 'DECLINED', decline },
  'DECLINED~': { ...charge, status: 'DECLINED', decline, revoked: { paymentIntentId, refundId } },
  VOIDED: { customerId, status: 'VOIDED' },
} as const satisfies Record<string, ExternalState | undefined>;

const heard = { 'stock.reserved': { version: 1, data: facts['stock.reserved'].data } };
const answers: Readonly<Record<string, Answer>> = {
  'intent.created': { type: 'intent.created', answer: { paymentIntentId }, heard },
  'provider.undecided': { type: 'provider.undecided', answer: { reason: 'pending' } },
  'charge.captured': { type: 'charge.captured', answer: { paymentIntentId } },
  'charge.declined': { type: 'charge.declined', answer: { decline } },
  'refund.succeeded': { type: 'refund.succeeded', answer: { refundId } },
  'charge.revoked': {
    type: 'charge.revoked',
    answer: { paymentIntentId },
    refusal: { decline },
  },
  'charge.challenged': {
    type: 'charge.challenged',
    answer: facts['payment.challenged'].data,
    action,
  },
  'charge.observed': { type: 'charge.observed', answer: { refundedMinor: 100, disputes } },
  'refund.refused': { type: 'refund.refused', answer: unrefundable },
  'look: undecided': { type: 'provider.undecided', answer: { reason: 'pending' }, isLook: true },
  'look: refunded': { type: 'refund.succeeded', answer: { refundId }, isLook: true },
  'look: another': { type: 'refund.succeeded', answer: { refundId: 're_2' }, isLook: true },
  'look: refused': { type: 'refund.refused', answer: unrefundable, isLook: true },
};

const commands: Readonly<Record<string, ExternalCommand>> = {
  look: { type: 'look', at: 'aftermath' },
  'look at the call': { type: 'look', at: 'call' },
  resolve: { type: 'resolve', resolution },
};

const inputs: Readonly<Record<string, Fact | Answer | ExternalCommand>> = {
  ...facts,
  ...answers,
  ...commands,
};

const underway = `
                     | nothing                 | CHARGING                               | VOIDING                 | REFUNDING
order.placed         | refuse                  | refuse                                 | refuse                  | refuse
stock.reserved       | resume prepare          | resume ask                             | ignore                  | ignore
payment.captured     | refuse                  | refuse                                 | refuse                  | refuse
stock.rejected       | ignore                  | ignore                                 | ignore                  | ignore
payment.declined     | ignore                  | ignore                                 | ignore                  | ignore
order.cancelling     | VOIDED » payment.voided | VOIDING ⇒ ask                          | resume ask              | resume undo
stock.released       | refuse                  | refuse                                 | refuse                  | refuse
payment.challenged   | refuse                  | refuse                                 | refuse                  | refuse
payment.voided       | refuse                  | refuse                                 | refuse                  | refuse
payment.refunded     | refuse                  | refuse                                 | refuse                  | refuse
payment.unrefundable | refuse                  | refuse                                 | refuse                  | refuse
payment.resolved     | refuse                  | refuse                                 | refuse                  | refuse
order.confirmed      | refuse                  | refuse                                 | refuse                  | refuse
order.cancelled      | refuse                  | refuse                                 | refuse                  | refuse
intent.created       | CHARGING ⇒ ask          | resume ask                             | ignore                  | ignore
provider.undecided   | ignore                  | ignore                                 | ignore                  | ignore
charge.captured      | refuse                  | CAPTURED » payment.captured            | REFUNDING ⇒ undo        | resume undo
charge.declined      | refuse                  | DECLINED » payment.declined            | VOIDED » payment.voided | refuse
refund.succeeded     | refuse                  | refuse                                 | refuse                  | REFUNDED » payment.refunded
charge.revoked       | refuse                  | REFUNDING ⇒ undo                       | REFUNDING ⇒ undo        | resume undo
charge.challenged    | refuse                  | AWAITING_CUSTOMER » payment.challenged | ignore                  | ignore
charge.observed      | ignore                  | ignore                                 | ignore                  | ignore
refund.refused       | refuse                  | refuse                                 | refuse                  | REFUNDING! » payment.unrefundable
look: undecided      | ignore                  | ignore                                 | ignore                  | ignore
look: refunded       | refuse                  | refuse                                 | refuse                  | REFUNDED » payment.refunded
look: another        | refuse                  | refuse                                 | refuse                  | REFUNDED » payment.refunded
look: refused        | refuse                  | refuse                                 | refuse                  | REFUNDING! » payment.unrefundable
look                 | ignore                  | resume ask                             | resume ask              | resume undo
look at the call     | ignore                  | resume ask                             | resume ask              | resume undo
resolve              | refuse                  | refuse                                 | refuse                  | refuse
`;

const waiting = `
                     | AWAITING_CUSTOMER           | REFUNDING!                  | RESOLVED
order.placed         | refuse                      | refuse                      | refuse
stock.reserved       | resume ask                  | ignore                      | repeat
payment.captured     | refuse                      | refuse                      | refuse
stock.rejected       | ignore                      | ignore                      | ignore
payment.declined     | ignore                      | ignore                      | ignore
order.cancelling     | VOIDING ⇒ ask               | repeat                      | repeat
stock.released       | refuse                      | refuse                      | refuse
payment.challenged   | refuse                      | refuse                      | refuse
payment.voided       | refuse                      | refuse                      | refuse
payment.refunded     | refuse                      | refuse                      | refuse
payment.unrefundable | refuse                      | refuse                      | refuse
payment.resolved     | refuse                      | refuse                      | refuse
order.confirmed      | refuse                      | refuse                      | refuse
order.cancelled      | refuse                      | refuse                      | refuse
intent.created       | resume ask                  | ignore                      | repeat
provider.undecided   | ignore                      | ignore                      | ignore
charge.captured      | CAPTURED » payment.captured | repeat                      | repeat
charge.declined      | DECLINED » payment.declined | refuse                      | refuse
refund.succeeded     | refuse                      | REFUNDED » payment.refunded | repeat
charge.revoked       | REFUNDING ⇒ undo            | repeat                      | repeat
charge.challenged    | repeat                      | ignore                      | repeat
charge.observed      | ignore                      | ignore                      | ignore
refund.refused       | refuse                      | repeat                      | repeat
look: undecided      | ignore                      | ignore                      | ignore
look: refunded       | refuse                      | REFUNDED » payment.refunded | repeat
look: another        | refuse                      | REFUNDED » payment.refunded | repeat
look: refused        | refuse                      | repeat                      | repeat
look                 | resume ask                  | resume undo                 | ignore
look at the call     | resume ask                  | resume undo                 | ignore
resolve              | refuse                      | RESOLVED » payment.resolved | repeat
`;

const settled = `
                     | CAPTURED         | DECLINED | DECLINED~                         | VOIDED | REFUNDED
order.placed         | refuse           | refuse   | refuse                            | refuse | refuse
stock.reserved       | repeat           | repeat   | repeat                            | repeat | repeat
payment.captured     | refuse           | refuse   | refuse                            | refuse | refuse
stock.rejected       | ignore           | ignore   | ignore                            | ignore | ignore
payment.declined     | ignore           | ignore   | ignore                            | ignore | ignore
order.cancelling     | REFUNDING ⇒ undo | repeat   | repeat                            | repeat | repeat
stock.released       | refuse           | refuse   | refuse                            | refuse | refuse
payment.challenged   | refuse           | refuse   | refuse                            | refuse | refuse
payment.voided       | refuse           | refuse   | refuse                            | refuse | refuse
payment.refunded     | refuse           | refuse   | refuse                            | refuse | refuse
payment.unrefundable | refuse           | refuse   | refuse                            | refuse | refuse
payment.resolved     | refuse           | refuse   | refuse                            | refuse | refuse
order.confirmed      | refuse           | refuse   | refuse                            | refuse | refuse
order.cancelled      | refuse           | refuse   | refuse                            | refuse | refuse
intent.created       | repeat           | repeat   | repeat                            | repeat | repeat
provider.undecided   | ignore           | ignore   | ignore                            | ignore | ignore
charge.captured      | repeat           | refuse   | refuse                            | refuse | repeat
charge.declined      | refuse           | repeat   | repeat                            | repeat | refuse
refund.succeeded     | refuse           | repeat   | repeat                            | refuse | repeat
charge.revoked       | repeat           | repeat   | repeat                            | refuse | repeat
charge.challenged    | repeat           | repeat   | repeat                            | repeat | repeat
charge.observed      | CAPTURED         | ignore   | ignore                            | ignore | ignore
refund.refused       | refuse           | repeat   | repeat                            | refuse | repeat
look: undecided      | ignore           | ignore   | REFUNDING » (nothing)             | ignore | REFUNDING » (nothing)
look: refunded       | refuse           | repeat   | ignore                            | refuse | ignore
look: another        | refuse           | repeat   | DECLINED~                         | refuse | REFUNDED » payment.refunded
look: refused        | refuse           | repeat   | REFUNDING! » payment.unrefundable | refuse | REFUNDING! » payment.unrefundable
look                 | resume observe   | ignore   | resume undo                       | ignore | resume undo
look at the call     | ignore           | ignore   | ignore                            | ignore | ignore
resolve              | refuse           | refuse   | refuse                            | refuse | refuse
`;

const cells = cellsOf(underway, waiting, settled);

/** `!`: a person is needed. `~`: it was done, and revoked. */
const nameOf = (state: ExternalState) =>
  `${state.status}${'impasse' in state ? '!' : ''}${'revoked' in state ? '~' : ''}`;

const decisionOf = (row: string, column: string) =>
  charging.decide(states[column as keyof typeof states], inputs[row] as Fact | Answer | ExternalCommand);

describe('payment answers every event and every answer of the provider in every state', () => {
  test.each(cells)('$row when $column: $says', ({ row, column, says }) => {
    expect(inWords(decisionOf(row, column), nameOf)).toBe(says);
  });

  test('the table has every event type, every answer and every state, each once', () => {
    expect(gapsIn(cells, Object.keys(inputs), Object.keys(states))).toEqual([]);
    // It hears of one event, so it never waits for another.
    const statuses = statusesOf(payments.schema).filter((status) => status !== 'WAITING');
    const names = Object.keys(states).filter((name) => !/[!~]$/.test(name));
    expect(names.toSorted()).toEqual(['nothing', ...statuses].toSorted());
    expect(Object.keys(facts).toSorted()).toEqual([...knownTypes].toSorted());
  });

  test('every state it accepts can be stored, and everything it says can be read', () => {
    expectUsable(cells, decisionOf, payments);
  });

  test('an intent is written before the provider is asked, and nothing is said until it has answered', () => {
    for (const { row, column } of cells) {
      const decision = decisionOf(row, column);
      if (decision.kind === 'accept' && decision.effect !== undefined) expect(decision.says).toEqual([]);
    }
  });
});

test.each([
  ['charge.captured', 'nothing', 'the outside did a step that is not begun'],
  ['charge.captured', 'VOIDED', 'the outside did a step that is VOIDED'],
  ['charge.declined', 'nothing', 'the outside refused a step that is not begun'],
  ['charge.declined', 'CAPTURED', 'the outside refused a step that is CAPTURED'],
  ['refund.succeeded', 'nothing', 'the outside undid a step that is not begun'],
  ['refund.succeeded', 'CHARGING', 'the outside undid a step that is CHARGING'],
])('%s when %s is refused as what it is', (row, column, reason) => {
  expect(decisionOf(row, column)).toEqual({ kind: 'refuse', reason });
});

describe('what payment asks of the provider', () => {
  const prepareCall = { call: 'prepare', request: { ...amount, paymentMethod }, heard };
  const chargeCall = { call: 'ask', request: { ...amount, paymentMethod, paymentIntentId }, again: false };
  const refundCall = { call: 'undo', done: { ...amount, paymentIntentId }, again: false };
  const again = (call: object) => ({ ...call, again: true });

  test.each([
    ['stock.reserved', 'nothing', prepareCall],
    ['intent.created', 'nothing', chargeCall],
    ['intent.created', 'CHARGING', again(chargeCall)],
    ['stock.reserved', 'CHARGING', again(chargeCall)],
    ['order.cancelling', 'CHARGING', again(chargeCall)],
    ['order.cancelling', 'VOIDING', again(chargeCall)],
    ['charge.captured', 'VOIDING', refundCall],
    ['order.cancelling', 'CAPTURED', refundCall],
    ['order.cancelling', 'REFUNDING', again(refundCall)],
    ['charge.captured', 'REFUNDING', again(refundCall)],
  ])('%s when %s: the whole amount, and whether it may have been asked before', (row, column, call) => {
    expect(decisionOf(row, column)).toMatchObject({ effect: call });
  });

  test.each([
    ['charge.captured', 'CHARGING', 'payment.captured'],
    ['charge.declined', 'CHARGING', 'payment.declined'],
    ['refund.succeeded', 'REFUNDING', 'payment.refunded'],
    ['order.cancelling', 'nothing', 'payment.voided'],
  ] as const)('%s when %s is told as %s, with what happened', (row, column, type) => {
    expect(decisionOf(row, column)).toMatchObject({ says: [facts[type]] });
  });
});

describe('an intent that the provider refuses to make', () => {
  const refusal: Answer = { type: 'charge.declined', answer: { decline }, heard };

  test('is a decline, of which the record says for how much', () => {
    expect(charging.decide(undefined, refusal)).toEqual({
      kind: 'accept',
      state: { ...charge, status: 'DECLINED', decline },
      says: [facts['payment.declined']],
    });
  });

  // Fails where it overrides what another delivery of the same message has begun: that one charges, and nobody refunds it.
  test.each([
    ['CHARGING', 'resume'],
    ['VOIDING', 'ignore'],
    ['CAPTURED', 'repeat'],
    ['VOIDED', 'repeat'],
  ] as const)('changes nothing while the payment is %s', (status, kind) => {
    expect(charging.decide(states[status], refusal).kind).toBe(kind);
  });
});

describe('a charge that a person has given back in part', () => {
  const revoked = charging.decide(states.CHARGING, answers['charge.revoked'] as Answer);

  test('is given back as a whole, after that is written', () => {
    expect(revoked).toEqual({
      kind: 'accept',
      state: { ...states.REFUNDING, refusal: { decline } },
      says: [],
      effect: { call: 'undo', done: { ...amount, paymentIntentId }, again: true },
    });
    if (revoked.kind === 'accept') expect(payments.schema.parse(revoked.state)).toEqual(revoked.state);
  });

  test('is a decline then, and confirms nothing; what was charged is kept, as the bank may send it back', () => {
    const state = { ...states.REFUNDING, refusal: { decline } };
    expect(charging.decide(state, answers['refund.succeeded'] as Answer)).toEqual({
      kind: 'accept',
      state: states['DECLINED~'],
      says: [facts['payment.declined']],
    });
  });

  // Fails where a person's word takes the place of the reason: the order is cancelled for no reason that anybody knows.
  test('is a decline, too, if a person had to give it back', () => {
    const state = { ...states['REFUNDING!'], refusal: { decline } };
    expect(charging.decide(state, { type: 'resolve', resolution })).toEqual({
      kind: 'accept',
      state: { ...states.RESOLVED, refusal: { decline } },
      says: [facts['payment.declined']],
    });
  });

  // Fails where only a failure resumes what is being undone: here none comes, and the order waits for its deadline.
  test('is given back by the message that charged, if the first try was cut short', () => {
    const state = { ...states.REFUNDING, refusal: { decline } };
    const call = { call: 'undo', done: { ...amount, paymentIntentId }, again: true };
    for (const fact of [facts['stock.reserved'], facts['order.cancelling']])
      expect(charging.decide(state, fact)).toEqual({ kind: 'resume', effect: call });
  });
});

// Fails where a record has to have whatever a step keeps by now: nobody can read the payments of last year.
test.each(['CAPTURED', 'REFUNDING', 'REFUNDED', 'DECLINED'] as const)(
  'a payment that is %s can be read if it was written before its lines were kept',
  (name) => {
    const { lines: _, ...older } = states[name];
    expect(payments.schema.parse(older)).toEqual(older);
  },
);
