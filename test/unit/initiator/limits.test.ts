import { describe, expect, test } from 'vitest';
import { run } from '../../../engine/batch/run.ts';
import { type Item, StoreUnavailableError, type Write } from '../../../engine/batch/store.ts';
import type { HttpReply } from '../../../engine/http/http.ts';
import { type LimitsOf, limitsIn } from '../../../engine/initiator/limits.ts';
import { keyOf } from '../../simulation/world/table.ts';
import { type Scene, scene } from '../../support/engine-runs.ts';
import { facts } from '../../support/facts.ts';
import { httpEvent } from '../../support/http-event.ts';
import { order, place } from '../../support/three-services.ts';

const NOW = 1_800_000_000_000;

/** A function that places orders, as one environment has it. */
function counter(limitsOf: LimitsOf | undefined, here: Scene = scene()) {
  const handler = place(here.edges, limitsOf);
  const ask = async (key: string, by = 'alice', ownerClass?: string): Promise<HttpReply> => {
    const request = httpEvent({
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ items: [{ sku: 'mug', quantity: 1 }], paymentMethod: 'pm_card_visa' }),
      authorizer: { principalId: by, role: 'customer', ...(ownerClass && { class: ownerClass }) },
    });
    return (await handler(request, {} as never)) as HttpReply;
  };
  const statuses = async (keys: readonly string[]) =>
    (await Promise.all(keys.map((key) => ask(key)))).map(({ statusCode }) => statusCode);
  return { here, ask, statuses };
}

const keys = (count: number, of = 'key') => Array.from({ length: count }, (_, index) => `${of}-${index}`);
const tallyOf = ({ store }: Scene, owner = 'alice'): Item | undefined => store.items.get(`tally#${owner}`);
const twoOpen = limitsIn({ MAX_OPEN_PER_OWNER: '2,trusted=4' });

describe('limits of an owner', () => {
  test('500 orders at once: as many as may be open, and the others are told when to come again', async () => {
    const { here, statuses, ask } = counter(limitsIn({ MAX_OPEN_PER_OWNER: '20' }));
    const answers = await statuses(keys(500));
    expect(answers.filter((status) => status === 202)).toHaveLength(20);
    expect(answers.filter((status) => status === 429)).toHaveLength(480);
    expect(tallyOf(here)).toMatchObject({ open: 20 });
    const reply = await ask('one more');
    expect(reply).toMatchObject({ statusCode: 429, headers: { 'retry-after': '5' } });
    expect(JSON.parse(reply.body)).toMatchObject({ type: 'urn:order-saga:problem:too-many-open' });
  });

  test('are those of its class, and nobody else’s business', async () => {
    const { ask } = counter(twoOpen);
    const statusesOf = async (by: string, ownerClass?: string) => {
      const statuses: number[] = [];
      for (const key of keys(5)) statuses.push((await ask(key, by, ownerClass)).statusCode);
      return statuses;
    };
    expect(await statusesOf('alice')).toEqual([202, 202, 429, 429, 429]);
    expect(await statusesOf('bob')).toEqual([202, 202, 429, 429, 429]);
    expect(await statusesOf('carol', 'trusted')).toEqual([202, 202, 202, 202, 429]);
    expect(await statusesOf('dave', 'unheard-of')).toEqual([202, 202, 429, 429, 429]);
  });

  // Fails where the tally is looked at first: whoever got no answer could never learn of the order.
  test('do not keep a repeated request from its answer, and it takes nothing', async () => {
    const { here, ask, statuses } = counter(twoOpen);
    const first = await ask('key-0');
    expect(await statuses(['key-1', 'key-2'])).toEqual([202, 429]);
    for (const other of [counter(twoOpen, here), counter(limitsIn({ MAX_OPEN_PER_OWNER: '1' }), here)]) {
      expect(await other.statuses(['key-9', 'key-9'])).toEqual([429, 429]);
      expect((await other.ask('key-0')).body).toBe(first.body);
      expect(tallyOf(here)).toMatchObject({ open: 2 });
    }
  });

  // Fails where it is looked at once only what was taken for granted: here it is the tally that shows that there is more.
  test('do not keep it from its answer either if another of its batch comes first to what is full', async () => {
    const onlyOne = limitsIn({ MAX_OPEN_PER_OWNER: '1' });
    const { here, ask } = counter(onlyOne);
    const first = await ask('key-0');
    const other = counter(onlyOne, here);
    // The first two are under way by themselves, the others are one group.
    const [, , again, refused] = await Promise.all([
      other.ask('key-0', 'bob'),
      other.ask('key-0', 'carol'),
      other.ask('key-0'),
      other.ask('key-1'),
    ]);
    expect(again).toMatchObject({ statusCode: 202, body: first.body });
    expect(refused).toMatchObject({ statusCode: 429 });
    expect(tallyOf(here)).toMatchObject({ open: 1 });
  });

  test('are free again when a saga ends, whoever ends it', async () => {
    const { here, ask, statuses } = counter(twoOpen);
    const { orderId } = JSON.parse((await ask('key-0')).body);
    expect(await statuses(['key-1', 'key-2'])).toEqual([202, 429]);
    await run(order, [{ sagaId: orderId, input: facts['stock.rejected'] }], here.edges);
    expect(tallyOf(here)).toMatchObject({ open: 1 });
    expect(await statuses(['key-2', 'key-3'])).toEqual([202, 429]);
  });

  // Fails where one is refused for another of its batch that was not written after all.
  test('keep nobody out for what another could not write', async () => {
    const { here, statuses } = counter(limitsIn({ MAX_OPEN_PER_OWNER: '1' }));
    here.store.beforeWrite = () => {
      if (here.store.writes.length <= 3) throw new StoreUnavailableError('down');
      return undefined;
    };
    // The first two are under way by themselves, the others are one group.
    const answers = await statuses(keys(5));
    expect(answers.toSorted((a, b) => a - b)).toEqual([202, 429, 503, 503, 503]);
    expect(tallyOf(here)).toMatchObject({ open: 1 });
  });

  test('make an owner wait after failures, for so many seconds', async () => {
    let now = NOW;
    const { here, ask } = counter(
      limitsIn({ PAUSE_AFTER_FAILURES: '2' }),
      scene([], () => now),
    );
    const decline = async (key: string) => {
      const reply = await ask(key);
      expect(reply.statusCode).toBe(202);
      const { orderId } = JSON.parse(reply.body);
      for (const type of ['payment.declined', 'stock.released'] as const)
        await run(order, [{ sagaId: orderId, input: facts[type] }], here.edges);
    };
    await decline('key-0');
    await decline('key-1');
    expect(tallyOf(here)).toEqual({ pk: 'tally#alice', open: 0, failures: 2, failedAtMs: NOW });
    const reply = await ask('key-2');
    expect(reply).toMatchObject({ statusCode: 429, headers: { 'retry-after': '1' } });
    expect(JSON.parse(reply.body)).toMatchObject({ type: 'urn:order-saga:problem:paused' });
    now += 1_000;
    await decline('key-2');
    now += 1_500;
    expect(await ask('key-3')).toMatchObject({ statusCode: 429, headers: { 'retry-after': '1' } });
    now += 500;
    await decline('key-3');
  });
});

describe('what it costs', () => {
  const written = (writes: readonly (readonly Write[])[]) => writes.map((each) => each.map(keyOf).length);

  test('one write more for an order that is placed, and no read', async () => {
    const { here, ask } = counter(twoOpen);
    await ask('key-0');
    expect(written(here.store.writes)).toEqual([2]);
    expect(here.store.reads).toEqual([]);
  });

  test('a read and no write for one that is refused, once that is known', async () => {
    const { here, statuses, ask } = counter(twoOpen);
    await statuses(keys(3));
    await ask('key-4');
    here.store.writes.length = 0;
    here.store.reads.length = 0;
    expect((await ask('key-5')).statusCode).toBe(429);
    expect(here.store.writes).toEqual([]);
    expect(here.store.reads).toHaveLength(1);
  });

  test('one write more for all orders of one owner that end together', async () => {
    const { here, ask } = counter(limitsIn({ MAX_OPEN_PER_OWNER: '20' }));
    const replies = await Promise.all(keys(10).map((key) => ask(key)));
    here.store.writes.length = 0;
    const work = replies.map(({ body }) => ({
      sagaId: JSON.parse(body).orderId,
      input: facts['stock.rejected'],
    }));
    await run(order, work, here.edges);
    expect(written(here.store.writes)).toEqual([11]);
    expect(tallyOf(here)).toMatchObject({ open: 0, failures: 0 });
  });

  // Fails where somebody who wants no limits pays for them.
  test.each([
    ['switched off', limitsIn({ MAX_OPEN_PER_OWNER: 'none', PAUSE_AFTER_FAILURES: 'none' })],
    ['never heard of', undefined],
    ['those of others', () => limitsIn({ MAX_OPEN_PER_OWNER: '1,staff=none' })('staff')],
  ])('nothing where they are %s: no item, no write, no read', async (_, limitsOf) => {
    const { here, ask } = counter(limitsOf);
    const { orderId } = JSON.parse((await ask('key-0')).body);
    await run(order, [{ sagaId: orderId, input: facts['stock.rejected'] }], here.edges);
    expect(here.store.writes.flat().map(keyOf)).toEqual([orderId, orderId]);
    expect(here.store.reads).toEqual([[orderId]]);
    expect([...here.store.items.keys()]).toEqual([orderId]);
    expect(here.store.items.get(orderId)?.record).not.toContain('isTallied');
  });
});
