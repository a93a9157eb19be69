import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Decision } from '../../engine/saga/decision.ts';
import type { Answer } from '../../engine/saga/external-state.ts';
import type { Command } from '../../engine/saga/initiator.ts';
import * as inventory from '../../functions/inventory/decide.ts';
import * as order from '../../functions/order/decide.ts';
import { charging } from '../../functions/payment/decide.ts';
import { anyDecline, anyFact } from '../support/arbitrary-facts.ts';
import { deepFreeze } from '../support/deep-freeze.ts';
import { customerId, items, paymentMethod } from '../support/facts.ts';

const placed = { customerId, items, paymentMethod, fingerprint: 'body', createdAtMs: 0 };
const place: Command<order.Placed> = { type: 'place', placed };
const orderInput = fc.oneof(
  anyFact,
  fc.constantFrom<Command<order.Placed>>(
    place,
    { type: 'cancel', by: 'OPERATOR' },
    { type: 'nudge', nowMs: 1, deadlineMs: 2 },
    { type: 'nudge', nowMs: 3, deadlineMs: 2 },
    { type: 'told' },
  ),
);
const paymentInput = fc.oneof(
  anyFact,
  fc.constantFrom<Answer>(
    { type: 'charge.captured', answer: { paymentIntentId: 'pi_1' } },
    { type: 'refund.succeeded', answer: { refundId: 're_1' } },
  ),
  anyDecline.map((decline): Answer => ({ type: 'charge.declined', answer: { decline } })),
);
const level = deepFreeze({ available: 5_000, unitPriceMinor: 7, currency: 'EUR' });

/**
 * Lives through the inputs, each frozen, asking twice each time: a decision that wrote to its arguments would
 * throw, and one that looked at a clock, a random number or what it was asked before would differ.
 */
function expectPure<State, Input, Effect>(
  decide: (state: State | undefined, input: Input) => Decision<State, Effect>,
  input: fc.Arbitrary<Input>,
): void {
  fc.assert(
    fc.property(fc.array(input, { maxLength: 12 }), (inputs) => {
      let state: State | undefined;
      for (const each of inputs) {
        deepFreeze(each);
        const before = structuredClone({ state, each });
        const decision = decide(state, each);
        expect(decide(state, each)).toEqual(decision);
        expect(decide(before.state, before.each)).toEqual(decision);
        expect({ state, each }).toEqual(before);
        if (decision.kind === 'accept') state = deepFreeze(decision.state);
      }
    }),
  );
}

test('deciding on an order changes nothing and depends on nothing else', () => {
  expectPure(
    order.decide,
    fc.oneof({ weight: 1, arbitrary: fc.constant(place) }, { weight: 3, arbitrary: orderInput }),
  );
});

test('deciding on a reservation changes nothing and depends on nothing else', () => {
  expectPure(
    (state: inventory.Reservation | undefined, fact) => inventory.decide(state, fact, () => level),
    anyFact,
  );
});

test('deciding on a payment changes nothing and depends on nothing else', () => {
  expectPure(charging.decide, paymentInput);
});
