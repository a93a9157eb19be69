import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fold } from '../../../engine/batch/copies.ts';
import type { Participant, Work } from '../../../engine/batch/participant.ts';
import { run } from '../../../engine/batch/run.ts';
import { inventory } from '../../../functions/inventory/inventory.ts';
import { order } from '../../../functions/order/order.ts';
import { payment } from '../../../functions/payment/payment.ts';
import type { Fact } from '../../../functions/shop.ts';
import { kindsOf, scene, stock } from '../../support/engine-runs.ts';
import { facts, type KnownType, knownTypes, orderIdOf } from '../../support/facts.ts';
import { observe } from '../../support/prepared.ts';

/** Goal: copies of a message in one batch cost what one message costs, and change nothing else. */
const message = (saga: number, type: KnownType, message = `${saga} ${type}`): Work<Fact> => ({
  sagaId: orderIdOf(saga),
  input: facts[type],
  message,
});

const reserved = (saga: number) => message(saga, 'stock.reserved');
const cancelling = (saga: number) => message(saga, 'order.cancelling');

/** The payment service, and how often it asks the provider. */
function paying(answer: () => Promise<void> = async () => {}) {
  let calls = 0;
  const asked = async () => {
    calls += 1;
    await answer();
  };
  const participant = payment({
    prepare: async () => {
      await asked();
      return { prepared: { paymentIntentId: 'pi_1' } };
    },
    call: async () => {
      await asked();
      return { done: { paymentIntentId: 'pi_1' } };
    },
    undo: async () => {
      await asked();
      return { refundId: 're_1' };
    },
    observe,
  });
  return { participant, calls: () => calls };
}

describe('copies', () => {
  // Fails where each copy is a piece of work: six times five seconds are longer than the function lives.
  test('ask a provider that fails once, and all have failed', async () => {
    const { participant, calls } = paying(() => Promise.reject(new Error('no answer')));
    const batch = Array.from({ length: 6 }, () => reserved(1));
    const outcomes = await run(participant, batch, scene().edges);
    expect(kindsOf(outcomes)).toEqual(Array(6).fill('failed'));
    expect(calls()).toBe(1);
  });

  test('are done once, and what follows is said once', async () => {
    const { participant, calls } = paying();
    const here = scene();
    const outcomes = await run(participant, [reserved(1), reserved(2), reserved(1), reserved(1)], here.edges);
    expect(kindsOf(outcomes)).toEqual(Array(4).fill('done'));
    expect(calls()).toBe(4);
    expect(here.publisher.ids.toSorted()).toEqual([1, 2].map((n) => `${orderIdOf(n)}:payment.captured`));
  });

  // Fails where only the first copy's outcome waits for the broker: the others are acknowledged, and it is not told.
  test('have all failed if what follows cannot be said', async () => {
    const here = scene();
    here.publisher.refuses = () => new Error('the broker is gone');
    const outcomes = await run(paying().participant, [reserved(1), reserved(1)], here.edges);
    expect(kindsOf(outcomes)).toEqual(['failed', 'failed']);
  });
});

describe('no copy is', () => {
  const distinct = (...batch: readonly Work<Fact>[]) => fold(batch).distinct.length;

  test('a message of another saga, or with another body, or of which no body is known', () => {
    expect(distinct(reserved(1), reserved(2))).toBe(2);
    expect(distinct(message(1, 'stock.reserved', 'a'), message(1, 'stock.reserved', 'b'))).toBe(2);
    const { sagaId, input } = reserved(1);
    expect(distinct({ sagaId, input }, { sagaId, input })).toBe(2);
  });

  // Fails where all copies of a batch are one: what was last said is another event by then.
  test('one that comes behind another message of its saga: it says again what is said by then', async () => {
    const here = scene([stock('mug', 5), stock('pen', 5)]);
    const placed = message(1, 'order.placed');
    await run(inventory, [placed, placed, cancelling(1), placed], here.edges);
    const said = ['stock.reserved', 'stock.released', 'stock.released'];
    expect(here.publisher.ids).toEqual(said.map((type) => `${orderIdOf(1)}:${type}`));
  });
});

/** What becomes of a message. */
const settled = (kind: string): string => (kind === 'ignored' ? 'done' : kind);

const anyBatch = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom(...knownTypes), fc.integer({ min: 1, max: 3 })),
  { minLength: 1, maxLength: 12 },
);

const participants: readonly (readonly [string, Participant<{ readonly status: string }, Fact, never>])[] = [
  ['order', order],
  ['inventory', inventory],
  ['payment', paying().participant],
].map(([name, participant]) => [name, participant] as never);

// Fails where a message is taken for the copy of another one, or for one that came before something else.
test.each(participants)('without copies a batch of %s ends as it does with them', async (_, participant) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyBatch, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(50, 0),
      async (batches, mugs) => {
        const end = async (change: (work: Work<Fact>) => Work<Fact>) => {
          // Enough for all, or none: who gets the last one may depend on what else is in the batch.
          const here = scene([stock('mug', mugs), stock('pen', 30)]);
          const kinds: string[] = [];
          for (const drawn of batches) {
            const batch = drawn.flatMap(([saga, type, copies]) =>
              Array.from({ length: copies }, () => change(message(saga, type))),
            );
            kinds.push(...kindsOf(await run(participant, batch, here.edges)).map(settled));
          }
          const said = new Set(
            here.publisher.published.map(({ messageId, body }) => `${messageId} ${String(body)}`),
          );
          return { kinds, said, items: new Map(here.store.items) };
        };
        const unfolded = await end(({ sagaId, input }) => ({ sagaId, input }));
        expect(await end((work) => work)).toEqual(unfolded);
      },
    ),
  );
});
