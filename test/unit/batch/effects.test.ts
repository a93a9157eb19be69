import { describe, expect, test } from 'vitest';
import type { Work } from '../../../engine/batch/participant.ts';
import { run } from '../../../engine/batch/run.ts';
import type { Provider } from '../../../functions/payment/decide.ts';
import { payment } from '../../../functions/payment/payment.ts';
import { payments } from '../../../functions/payment/table.ts';
import type { Fact, OrderId } from '../../../functions/shop.ts';
import { cancelling, kindsOf, type Scene, scene, statusOf, work } from '../../support/engine-runs.ts';
import { facts, orderIdOf } from '../../support/facts.ts';
import { observe, prepare } from '../../support/prepared.ts';

const reserved = (order: number): Work<Fact> => work(order, facts['stock.reserved']);

interface Asked {
  readonly for: 'charge' | 'refund';
  readonly with: object;
  readonly again: boolean;
}
type Before = (orderId: OrderId, asked: Asked) => unknown;

/** Does what it is asked, once what comes before that is over. */
const after = (before: Before): Provider => ({
  prepare,
  call: async (orderId, request, again) => {
    await before(orderId, { for: 'charge', with: request, again });
    return { done: { paymentIntentId: 'pi_1' } };
  },
  undo: async (orderId, done, again) => {
    await before(orderId, { for: 'refund', with: done, again });
    return { refundId: 're_1' };
  },
  observe,
});
const pay = (batch: readonly Work<Fact>[], { edges }: Scene, before: Before) =>
  run(payment(after(before)), batch, edges);

const statusIn = ({ store }: Scene, orderId: OrderId) => store.items.get(payments.key(orderId))?.status;

describe('a call to the outside', () => {
  test('follows the write of its intent, and its answer is written before it is told', async () => {
    const here = scene();
    const seen: unknown[] = [];
    const outcomes = await pay([reserved(1)], here, (orderId) => {
      seen.push(statusIn(here, orderId), here.publisher.published.length);
    });
    expect(seen).toEqual(['CHARGING', 0]);
    expect(outcomes.map(statusOf)).toEqual(['CAPTURED']);
    expect(here.publisher.ids).toEqual([`${orderIdOf(1)}:payment.captured`]);
  });

  test('that fails, fails its own order only, which keeps its intent and is asked again', async () => {
    const here = scene();
    const calls: Asked[] = [];
    const before: Before = (orderId, asked) => {
      if (orderId !== orderIdOf(2)) return;
      calls.push(asked);
      if (calls.length === 1) throw new Error('socket hang up');
    };
    const outcomes = await pay([reserved(2), reserved(1), reserved(3)], here, before);
    expect(outcomes.map(statusOf)).toEqual(['failed', 'CAPTURED', 'CAPTURED']);
    expect(outcomes[0]).toMatchObject({
      error: { message: 'socket hang up' },
      record: { state: { status: 'CHARGING' } },
    });
    expect(here.publisher.ids).not.toContain(`${orderIdOf(2)}:payment.captured`);

    expect((await pay([reserved(2)], here, before)).map(statusOf)).toEqual(['CAPTURED']);
    expect(calls[1]).toEqual({ ...calls[0], again: true });
  });

  test('that is slow delays nobody else’s commit and nobody else’s event', async () => {
    const here = scene();
    const slow = Promise.withResolvers<void>();
    const others = Promise.withResolvers<void>();
    const running = pay(
      [reserved(1), cancelling(2), reserved(2), reserved(2), reserved(3)],
      here,
      (orderId) => (orderId === orderIdOf(1) ? slow.promise : undefined),
    );
    here.publisher.refuses = () => {
      if (here.publisher.published.length === 3) others.resolve();
      return undefined;
    };
    await others.promise;
    expect([1, 2, 3].map((order) => statusIn(here, orderIdOf(order)))).toEqual([
      'CHARGING',
      'VOIDED',
      'CAPTURED',
    ]);
    slow.resolve();
    expect((await running).map(statusOf)).toEqual(['CAPTURED', 'VOIDED', 'VOIDED', 'VOIDED', 'CAPTURED']);
  });

  test('is over before the next message of its order is looked at', async () => {
    const here = scene();
    const calls: string[] = [];
    const outcomes = await pay([reserved(1), cancelling(1)], here, async (_, asked) => {
      calls.push(`${asked.for} begins`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      calls.push(`${asked.for} ends`);
    });
    expect(calls).toEqual(['charge begins', 'charge ends', 'refund begins', 'refund ends']);
    expect(outcomes.map(statusOf)).toEqual(['CAPTURED', 'REFUNDED']);
    expect(here.publisher.ids).toEqual(
      ['payment.captured', 'payment.refunded'].map((type) => `${orderIdOf(1)}:${type}`),
    );
  });

  test('whose answer meets a record that moved on is decided on the record: the charge is refunded', async () => {
    const here = scene();
    const outcomes = await pay([reserved(1)], here, async (orderId, asked) => {
      // Meanwhile another environment hears that the order is cancelled, and dies before it has its answer.
      if (asked.for === 'charge' && statusIn(here, orderId) === 'CHARGING') {
        await pay([cancelling(1)], here, () => Promise.reject(new Error('died')));
      }
    });
    expect(outcomes.map(statusOf)).toEqual(['REFUNDED']);
    expect(here.publisher.ids).toEqual([`${orderIdOf(1)}:payment.refunded`]);
  });

  test('is made once per order, however many messages of a batch ask for it', async () => {
    const here = scene();
    let calls = 0;
    const outcomes = await pay([reserved(1), reserved(1), reserved(1)], here, () => {
      calls += 1;
    });
    expect(kindsOf(outcomes)).toEqual(['done', 'done', 'done']);
    expect(calls).toBe(1);
  });

  // Fails where the answer is taken as it is: the record cannot be read again, so that nobody ever undoes the charge.
  test('that answers what nobody could read is not known to be answered: its intent stays, and it is asked again', async () => {
    const here = scene();
    const nonsense: Provider = {
      prepare,
      call: async () => ({ done: { paymentIntentId: 7 as never } }),
      undo: async () => ({ refundId: 're_1' }),
      observe,
    };
    const [outcome] = await run(payment(nonsense), [reserved(1)], here.edges);
    expect(outcome).toMatchObject({
      kind: 'failed',
      error: {
        message: expect.stringMatching(
          /^the outside answered what payment.captured cannot say: paymentIntentId: /,
        ),
      },
    });
    expect([statusIn(here, orderIdOf(1)), here.publisher.published.length]).toEqual(['CHARGING', 0]);
    expect((await pay([reserved(1)], here, () => {})).map(statusOf)).toEqual(['CAPTURED']);
  });
});
