import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Answer, Call, ExternalState } from '../../../engine/saga/external-state.ts';
import type { PaymentDecline } from '../../../functions/events.ts';
import { charging } from '../../../functions/payment/decide.ts';
import type { Fact } from '../../../functions/shop.ts';
import { anyDecline, anyFact } from '../../support/arbitrary-facts.ts';
import { customerId, facts } from '../../support/facts.ts';

const { decide } = charging;

const captured = (paymentIntentId: string): Answer => ({
  type: 'charge.captured',
  answer: { paymentIntentId },
});
const declined = (decline: PaymentDecline): Answer => ({ type: 'charge.declined', answer: { decline } });
const refunded = (refundId: string): Answer => ({ type: 'refund.succeeded', answer: { refundId } });

const anyAnswer: fc.Arbitrary<Answer> = fc.oneof(
  fc.string().map(captured),
  anyDecline.map(declined),
  fc.string().map(refunded),
);

test('after DECLINED, VOIDED and REFUNDED nothing is accepted and nobody is called', () => {
  const charge = { customerId, amountMinor: 1, currency: 'EUR' };
  const ended = fc.constantFrom<ExternalState>(
    { customerId, status: 'VOIDED' },
    { ...charge, status: 'DECLINED', decline: facts['payment.declined'].data.decline },
    { ...charge, status: 'REFUNDED', paymentIntentId: 'pi_1', refundId: 're_1' },
  );
  fc.assert(
    fc.property(ended, fc.oneof(anyFact, anyAnswer), (payment, input) => {
      expect(['repeat', 'ignore', 'refuse']).toContain(decide(payment, input).kind);
    }),
  );
});

/** A provider with a durable ledger and idempotency keys: it gives the same call of an order the same answer. */
class Provider {
  readonly #declines: boolean;
  charges = 0;
  refunds = 0;

  constructor(declines: boolean) {
    this.#declines = declines;
  }

  answer(asked: Call): Answer {
    if (asked.call === 'prepare')
      return { type: 'intent.created', answer: { paymentIntentId: 'pi_1' }, heard: asked.heard };
    if (asked.call === 'undo') {
      expect(this.charges, 'a refund follows a charge').toBe(1);
      this.refunds = 1;
      return refunded('re_1');
    }
    if (this.#declines) return declined({ code: 'card_declined', message: 'No.' });
    this.charges = 1;
    return captured('pi_1');
  }
}

const ledgerOf = {
  CAPTURED: { charges: 1, refunds: 0 },
  REFUNDED: { charges: 1, refunds: 1 },
  DECLINED: { charges: 0, refunds: 0 },
  VOIDED: { charges: 0, refunds: 0 },
} as const;

/**
 * Goal: what payment says is what the provider's ledger holds. Method: deliver the two events that concern it
 * in any order with duplicates, and let calls, answers and crashes (a call or an answer that is lost) happen
 * at any time in between; then deliver once more what would be redelivered until nothing is open.
 */
test('what payment says of the money is true, whatever is lost, repeated or overtaken', () => {
  const move = fc.constantFrom(
    'stock.reserved',
    'order.cancelling',
    'call',
    'answer',
    'lose call',
    'lose answer',
  );
  fc.assert(
    fc.property(fc.boolean(), fc.array(move, { maxLength: 25 }), (declines, moves) => {
      const provider = new Provider(declines);
      const calls: Call[] = [];
      const answers: Answer[] = [];
      let payment: ExternalState | undefined;

      const give = (input: Fact | Answer) => {
        const decision = decide(payment, input);
        expect(decision.kind, `${input.type} when ${payment?.status}`).not.toBe('refuse');
        if (decision.kind === 'accept') payment = decision.state;
        if ((decision.kind === 'accept' || decision.kind === 'resume') && decision.effect)
          calls.push(decision.effect);
        const state = payment?.status ?? '';
        if (state in ledgerOf) {
          const { charges, refunds } = provider;
          expect({ charges, refunds }, state).toEqual(ledgerOf[state as keyof typeof ledgerOf]);
        }
      };
      const settle = () => {
        for (let round = 0; calls.length + answers.length > 0 && round < 100; round += 1) {
          const call = calls.shift();
          if (call !== undefined) answers.push(provider.answer(call));
          const answer = answers.shift();
          if (answer !== undefined) give(answer);
        }
      };

      for (const each of moves) {
        if (each === 'stock.reserved' || each === 'order.cancelling') give(facts[each]);
        else if (each === 'lose call') calls.shift();
        else if (each === 'lose answer') answers.shift();
        else if (each === 'call') {
          const call = calls.shift();
          if (call !== undefined) answers.push(provider.answer(call));
        } else {
          const answer = answers.shift();
          if (answer !== undefined) give(answer);
        }
      }
      give(facts[moves.includes('order.cancelling') ? 'order.cancelling' : 'stock.reserved']);
      settle();
      expect(Object.keys(ledgerOf)).toContain(payment?.status);
    }),
    { numRuns: 2_000 },
  );
});
