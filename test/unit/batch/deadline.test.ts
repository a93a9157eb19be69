import { describe, expect, test } from 'vitest';
import { Deferred } from '../../../engine/batch/deferred.ts';
import type { Work } from '../../../engine/batch/participant.ts';
import { run } from '../../../engine/batch/run.ts';
import { CALL_TIMEOUT_MS, timeLeftMs } from '../../../engine/batch/time-left.ts';
import type { Provider } from '../../../functions/payment/decide.ts';
import { payment } from '../../../functions/payment/payment.ts';
import { payments } from '../../../functions/payment/table.ts';
import type { Fact } from '../../../functions/shop.ts';
import { kindsOf, scene, statusOf, work } from '../../support/engine-runs.ts';
import { facts, orderIdOf } from '../../support/facts.ts';
import { observe } from '../../support/prepared.ts';

const BEGIN_MS = 1_800_000_000_000;
const TIMEOUT_MS = 29_000;
/** A call may last 5 s, and what follows it 2 s. */
const LAST_CALL_MS = TIMEOUT_MS - 7_000;

const reserved = (order: number): Work<Fact> => work(order, facts['stock.reserved']);

/** A batch whose provider's calls last as long as a test says. */
function batchOf(lastingMs: { readonly prepare: number; readonly call: number }, timeoutMs = TIMEOUT_MS) {
  let nowMs = BEGIN_MS;
  const here = scene([], () => nowMs);
  const lefts: number[] = [];
  const last = <T>(ms: number, answer: T): T => {
    lefts.push(timeLeftMs());
    nowMs += ms;
    return answer;
  };
  const provider: Provider = {
    prepare: async () => last(lastingMs.prepare, { prepared: { paymentIntentId: 'pi_1' } }),
    call: async () => last(lastingMs.call, { done: { paymentIntentId: 'pi_1' } }),
    undo: async () => last(0, { refundId: 're_1' }),
    observe,
  };
  const pay = (batch: readonly Work<Fact>[]) =>
    run(payment(provider), batch, here.edges, undefined, nowMs + timeoutMs);
  const statusIn = (order: number) => here.store.items.get(payments.key(orderIdOf(order)))?.status;
  return { here, lefts, pay, statusIn };
}

describe('a batch ends before its function is killed', () => {
  // Fails where the calls are made one after another until the end: the last is under way when the function is killed.
  test('a call that could outlast it is not begun, and its message is deferred', async () => {
    const { pay, lefts } = batchOf({ prepare: 10_000, call: 0 });
    const outcomes = await pay([1, 2, 3, 4, 5].map(reserved));
    expect(lefts.filter((leftMs) => leftMs < 0)).toEqual([]);
    expect(lefts[0]).toBe(LAST_CALL_MS);
    expect(kindsOf(outcomes)).toContain('deferred');
    expect(outcomes.every(({ kind }) => kind === 'deferred' || kind === 'done')).toBe(true);
  });

  test('what was answered by then is written all the same', async () => {
    const { pay, statusIn } = batchOf({ prepare: 0, call: 23_000 });
    expect((await pay([reserved(1)])).map(statusOf)).toEqual(['CAPTURED']);
    expect(statusIn(1)).toBe('CAPTURED');
  });

  test('an intent that could not be asked for in time stays, and is asked for by the next batch', async () => {
    const { pay, statusIn } = batchOf({ prepare: 23_000, call: 0 });
    expect(await pay([reserved(1)])).toMatchObject([
      { kind: 'deferred', afterMs: 0, record: { state: { status: 'CHARGING' } } },
    ]);
    expect(statusIn(1)).toBe('CHARGING');
    expect((await pay([reserved(1)])).map(statusOf)).toEqual(['CAPTURED']);
  });

  // Fails where the margin is always the same: a function with a short timeout never begins anything.
  test('one with a short timeout still does something in each batch', async () => {
    const { pay, lefts } = batchOf({ prepare: 0, call: 0 }, 6_000);
    expect((await pay([reserved(1)])).map(statusOf)).toEqual(['CAPTURED']);
    expect(lefts[0]).toBe(3_000);
  });

  test('a message behind one that took all the time is not looked at', async () => {
    const { pay, here } = batchOf({ prepare: 0, call: 25_000 });
    const outcomes = await pay([reserved(1), reserved(1)]);
    expect(kindsOf(outcomes)).toEqual(['done', 'deferred']);
    expect(here.publisher.ids).toEqual([`${orderIdOf(1)}:payment.captured`]);
  });

  // Messages of one order that take turns are no copies of each other: each asks, so only the time bounds them.
  test('a provider that hangs is asked for one order as long as there is time, and no longer', async () => {
    let nowMs = BEGIN_MS;
    const here = scene([], () => nowMs);
    const lefts: number[] = [];
    const hang = async () => {
      lefts.push(timeLeftMs());
      nowMs += CALL_TIMEOUT_MS;
      throw new Error('no answer');
    };
    const prepare = async () => ({ prepared: { paymentIntentId: 'pi_1' } });
    const provider: Provider = { prepare, call: hang, undo: hang, observe };
    const turns = [facts['stock.reserved'], facts['order.cancelling']] as const;
    const batch = Array.from({ length: 12 }, (_, index) => ({
      ...work(1, turns[index % 2] ?? turns[0]),
      message: String(index % 2),
    }));
    const outcomes = await run(payment(provider), batch, here.edges, undefined, nowMs + TIMEOUT_MS);
    expect(lefts).toEqual([22_000, 17_000, 12_000, 7_000, 2_000]);
    expect(new Set(kindsOf(outcomes))).toEqual(new Set(['failed', 'deferred', 'ignored']));
    expect(nowMs - BEGIN_MS).toBeLessThan(TIMEOUT_MS);
  });

  test('outside of a batch there is no end', () => {
    expect(timeLeftMs()).toBe(Number.POSITIVE_INFINITY);
  });
});

test('an effect that says later defers its own message only, for as long as it says', async () => {
  const here = scene();
  const provider: Provider = {
    prepare: async (orderId) => {
      if (orderId === orderIdOf(2)) throw new Deferred('not now', 1_234);
      return { prepared: { paymentIntentId: 'pi_1' } };
    },
    call: async () => ({ done: { paymentIntentId: 'pi_1' } }),
    undo: async () => ({ refundId: 're_1' }),
    observe,
  };
  const outcomes = await run(payment(provider), [1, 2, 3].map(reserved), here.edges);
  expect(kindsOf(outcomes)).toEqual(['done', 'deferred', 'done']);
  expect(outcomes[1]).toEqual({ kind: 'deferred', afterMs: 1_234, reason: 'not now', record: undefined });
});
