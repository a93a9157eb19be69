import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { consoleUrl } from '../../infra/local/console/part.ts';
import { freePorts } from '../../infra/local/ports.ts';
import { startBrowser, type Visitor, visit } from '../support/console/visitor.ts';
import { ledgerOf } from '../support/saga/sandbox.ts';
import { until } from '../support/saga/until.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/**
 * Goal: whoever plays breaks a system by a button, sees a saga that is hurt by it, and sees it heal, with goods and money conserved;
 * and everything is undone. Method: one whole system, its console, and a real Chromium. The tests are one evening.
 */
let world: World;
let browser: Browser;
let url: string;
let pat: Visitor;

beforeAll(async () => {
  const ports = await freePorts();
  url = consoleUrl(ports);
  [browser, world] = await Promise.all([
    startBrowser(),
    // Short ones, and enough of them: nothing is a dead letter before it is healed.
    startWorld({ RETRY_DELAYS: '1s,2s,3s,4s,5s,6s,7s,8s' }, { ports, withConsole: true }),
  ]);
  await world.stock({ sku: 'mug', available: 500, unitPriceMinor: 1290 });
  pat = await visit(browser, url);
}, 240_000);

afterAll(async () => {
  await Promise.all([browser?.close(), world?.end()]);
});

const sees = (text: string | RegExp, of = 'main') => expect.poll(() => pat.text(of)).toMatch(text);
const press = (name: string | RegExp) => pat.click(name, 'button');

const row = (orderId: string) => pat.page.getByRole('row', { name: orderId });
const lasting = (seconds: string) => pat.page.locator('select[name=seconds]').selectOption(seconds);

/** Places an order by a button, and returns its id. */
async function order(method: string): Promise<string> {
  const item = pat.page.locator('.deeds li').filter({ hasText: method }).first();
  await item.getByRole('button').click();
  let orderId = '';
  await expect
    .poll(async () => {
      [, orderId = ''] = /(\S+) is placed/.exec((await item.textContent()) ?? '') ?? '';
      return orderId;
    })
    .not.toBe('');
  return orderId;
}

const statusOf = async (orderId: string): Promise<string> =>
  (await world.operator.expect(200, 'GET', `/orders/${orderId}`)).status;
/** A process that was stopped takes some seconds until it answers again; on a busy machine many. */
const HEALED_MS = 90_000;
/** The schedule says again what was lost meanwhile. */
const isConfirmed = (orderId: string) =>
  expect
    .poll(
      async () => {
        await world.nudge();
        return await statusOf(orderId);
      },
      { timeout: HEALED_MS, interval: 2_000 },
    )
    .toBe('CONFIRMED');
const isHealed = () =>
  expect.poll(() => pat.text('main'), { timeout: HEALED_MS }).toMatch(/✓ Nothing is broken/);

const metersHold = async () => {
  await sees(/Money: ✓ holds/);
  await sees(/Stock: ✓ holds/);
};

describe('who plays', () => {
  test('comes by a click, orders by a click, and sees goods and money conserved', async () => {
    await pat.open('/');
    await sees(/What is stuck/);
    await pat.click('Playground');
    await sees(/✓ Nothing is broken/);
    await sees(/mug\s+500 = 500 \+ 0\s+✓ holds/);
    const orderId = await order('is charged');
    await isConfirmed(orderId);
    await sees(/mug\s+500 = 499 \+ 1\s+✓ holds/);
    await sees(/captured €12\.90 − refunded €0\.00 = confirmed €12\.90/);
  });

  test('breaks the provider after an order is placed, sees sagas hurt, heals everything, and sees them heal', {
    timeout: 2 * HEALED_MS,
  }, async () => {
    const challenged = await order('3-D Secure: the bank');
    await sees(new RegExp(`${challenged}\\s+PENDING.*waits for the customer`, 's'));
    await lasting('60');
    await press('The provider is down');
    await sees(/✕ The provider is down: broken, heals in \d+ s/);
    await row(challenged).getByRole('button', { name: 'Approve' }).click();
    // The money has moved, and nobody but the provider knows it yet.
    await sees(/under way €12\.90/);
    const hurt = await order('is charged');
    await sees(new RegExp(`${hurt}\\s+PENDING.*StripeConnectionError`, 's'));
    await press('Heal everything');
    await sees(/✓ Nothing is broken/);
    await sees(new RegExp(`✓ ${hurt} healed: CONFIRMED after`));
    await isConfirmed(challenged);
    await sees(/✓ Nothing is open/);
    await metersHold();
    for (const orderId of [challenged, hurt])
      expect(await ledgerOf(world, orderId)).toMatchObject({ captures: 1, keptMinor: 1290 });
  });

  test('fails a challenge, and the goods are back on the shelf', async () => {
    const orderId = await order('3-D Secure: the bank');
    await sees(/waits for the customer/);
    await sees(/mug\s+500 = 496 \+ 4\s+✓ holds/);
    await row(orderId).getByRole('button', { name: 'Fail it' }).click();
    await sees(new RegExp(`✓ ${orderId} \\w+: CANCELLED after`));
    await sees(/mug\s+500 = 497 \+ 3\s+✓ holds/);
  });

  test('kills the functions, which come back by themselves, and an order that was paid meanwhile is confirmed once', {
    timeout: 2 * HEALED_MS,
  }, async () => {
    const { pid } = world.system.parts.api;
    const orderId = await order('the answer is lost');
    await until('it is charged', async () => (await ledgerOf(world, orderId)).captures === 1);
    await lasting('5');
    await press('The functions are killed');
    await sees(/✕ The functions are killed: (broken|healing)/);
    await sees(/Which sagas are open: this cannot be asked/);
    await isHealed();
    expect(world.system.parts.api.pid).not.toBe(pid);
    await isConfirmed(orderId);
    await metersHold();
    expect(await ledgerOf(world, orderId)).toMatchObject({ captures: 1, keptMinor: 1290 });
  });

  test('stops the broker and freezes the database at once, and heals both', {
    timeout: 2 * HEALED_MS,
  }, async () => {
    const { rabbitmq, dynamodb } = world.system.parts;
    const { pid } = dynamodb;
    await lasting('60');
    await press('The broker is stopped');
    await press('The database is frozen');
    await sees(/The broker is stopped: broken/);
    await sees(/The database is frozen: broken, heals in (30|2\d) s/);
    await sees(/The meters: this cannot be asked\. 503/);
    expect(rabbitmq.pid).toBeUndefined();
    await press('The provider takes 3 s');
    await sees(/The provider takes 3 s: broken/);
    await press('The provider is down');
    await sees(/409 Conflict: The provider takes 3 s: it is broken\. Heal that first/);
    await press('Heal everything');
    await isHealed();
    expect(rabbitmq.pid).toBeGreaterThan(0);
    expect(dynamodb.pid).toBe(pid);
    await metersHold();
    await isConfirmed(await order('is charged'));
  });

  test('plays a scenario as it is written', async () => {
    await pat.page.getByText('Scenarios, step by step').click();
    await press('declined');
    await sees(/✓ declined: as expected/);
    await sees(/It ends CANCELLED/);
    await metersHold();
  });

  test('lets a crowd in, and sends it away', { timeout: 2 * HEALED_MS }, async () => {
    await pat.page.getByRole('slider').fill('10');
    await press('Let them in');
    await sees(/● 10 a second, for \d+ s more: [1-9]\d* accepted, 0 refused/);
    await pat.page.getByRole('slider').fill('0');
    await press('Send the crowd away');
    await sees(/Nobody comes now: [1-9]\d* accepted/);
    await expect.poll(() => pat.text('main'), { timeout: HEALED_MS }).toMatch(/✓ Nothing is open/);
    await metersHold();
  });
});

describe('the page', () => {
  test.each([
    ['light', 'light', 1280],
    ['dark', 'dark', 1280],
    ['narrow', 'light', 380],
  ] as const)('has no flaw that axe knows of, and fits, %s', async (_, colorScheme, width) => {
    const visitor = await visit(browser, url, { colorScheme, width });
    await visitor.open('/playground');
    await expect.poll(() => visitor.text('main')).toMatch(/Money: ✓ holds/);
    await visitor.page.getByText('Scenarios, step by step').click();
    await visitor.click('The provider takes 3 s', 'button');
    await expect.poll(() => visitor.text('main')).toMatch(/takes 3 s: broken/);
    expect(await visitor.flaws()).toEqual([]);
    expect(await visitor.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    await visitor.click('Heal everything', 'button');
    await expect.poll(() => visitor.text('main')).toMatch(/Nothing is broken/);
    expect(visitor.complaints).toEqual([]);
    await visitor.leave();
  });

  test('has broken no policy of its own, and no address has the token', async () => {
    expect(pat.complaints).toEqual([]);
    const asked = await pat.evaluate(
      `performance.getEntriesByType('resource').map(({ name }) => name).join('\\n')`,
    );
    const token = await pat.evaluate(
      `fetch('/controls/token').then((reply) => reply.json()).then(({ token }) => token)`,
    );
    expect(String(token)).toMatch(/^[\w-]{43}$/);
    expect(String(asked)).toContain('/controls/meters');
    expect(String(asked)).not.toContain(String(token));
    expect(
      await pat.evaluate('document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)'),
    ).toBe('{}{}');
  });

  test('lets go of everything when the system stops', async () => {
    await press('The database is frozen');
    await sees(/The database is frozen: broken/);
    const begin = performance.now();
    await world.system.stop();
    // A frozen process does not hear that it should end: it would be killed after five seconds.
    expect(performance.now() - begin).toBeLessThan(30_000);
    expect(world.system.parts.dynamodb.pid).toBeUndefined();
  });
});
