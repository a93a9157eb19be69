import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { consoleUrl } from '../../infra/local/console/part.ts';
import { freePorts } from '../../infra/local/ports.ts';
import { startBrowser, type Visitor, visit } from '../support/console/visitor.ts';
import { inParallel } from '../support/saga/client.ts';
import { providerIs } from '../support/saga/sandbox.ts';
import { until } from '../support/saga/until.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/**
 * Goal: whoever is on call redrives very many dead letters, sees first what each would do, how far it is, and stops it. Method: a
 * whole system whose provider was down while 500 orders came.
 */
const MANY = 500;

let world: World;
let browser: Browser;
let olga: Visitor;

const dead = async (): Promise<number> =>
  (await world.operator.expect(200, 'GET', '/dead-letters/payment?limit=2000')).items.length;

beforeAll(async () => {
  const ports = await freePorts();
  [browser, world] = await Promise.all([
    startBrowser(),
    startWorld({ RETRY_DELAYS: '200ms' }, { ports, withConsole: true }),
  ]);
  await world.stock({ sku: 'mug', available: 2 * MANY, unitPriceMinor: 1290 });
  const alice = await world.customer();
  await providerIs(world, { outage: 'refuse' });
  await inParallel(Array.from({ length: MANY }), 16, () => alice.place([{ sku: 'mug', quantity: 1 }]));
  await until('payment has given up', async () => (await dead()) === MANY, 180_000);
  await providerIs(world, { outage: 'none' });
  olga = await visit(browser, consoleUrl(ports));
}, 420_000);

afterAll(async () => {
  await Promise.all([browser?.close(), world?.end()]);
});

const sees = (text: string | RegExp) => expect.poll(() => olga.text('main')).toMatch(text);
const says = (text: RegExp, timeout = 20_000) =>
  expect.poll(() => olga.text('dialog[open]'), { timeout }).toMatch(text);
const why = (reason: string) => olga.page.getByLabel('Why, for the audit').fill(reason);
/** The reasons of the redrives that are in the audit. */
const audited = async (): Promise<readonly string[]> =>
  (await world.operator.expect(200, 'GET', '/audit/payment?act=redrive&limit=100')).items.map(
    ({ reason }: { reason: string }) => reason,
  );

test('the first 20 at a rate are stopped, and the rest is left as it was', async () => {
  await olga.open('/dead-letters/payment');
  await sees(`${MANY} stock.reserved`);
  await olga.page.getByLabel('the first').fill('20');
  await olga.click('Select', 'button');
  await olga.click('Redrive 20 selected…', 'button');
  await says(/They would: 20 (apply|resume)\. .*• stock\.reserved of ord_\S+ would (apply|resume)/s);
  expect(await dead()).toBe(MANY);
  await olga.page.getByLabel('At most so many a second').fill('1');
  await why('a few first');
  await olga.click('Redrive', 'button');
  await says(/2 of 20 done, 18 left: 2 redriven/);
  expect(await olga.flaws()).toEqual([]);
  await olga.click('Stop', 'button');
  await says(/(\d+) of 20 are redriven\.\s+\d+ are left as they were\./);
  const [, moved] = /(\d+) of 20 are redriven/.exec(await olga.text('dialog[open]')) ?? [];
  expect(Number(moved)).toBeLessThan(20);
  await olga.click('Close', 'button');
  await sees(`${MANY - Number(moved)} stock.reserved`);
  expect(new Set(await audited())).toEqual(new Set(['a few first']));
});

test('a group is previewed whole, redriven with its progress, and all of its sagas are seen to heal', async () => {
  const left = await dead();
  await olga.open('/dead-letters/payment');
  await sees(`${left} stock.reserved`);
  expect(await olga.page.getByRole('button', { name: /^Redrive all/ }).count()).toBe(0);
  await olga.page.getByRole('link', { name: `${left} stock.reserved` }).click();
  await olga.click('Redrive all of this group…', 'button');
  await says(new RegExp(`They would: ${left} (apply|resume)\\.`));
  await why('provider is back');
  await olga.click('Redrive', 'button');
  const progress = olga.page.locator('dialog[open] progress');
  await expect.poll(() => progress.getAttribute('value')).toMatch(/^[1-9]/);
  expect(await progress.getAttribute('max')).toBe(String(left));
  await says(new RegExp(`${left} of ${left} are redriven\\..*is redriven: `, 's'), 120_000);
  expect(await olga.flaws()).toEqual([]);
  await olga.click('Close', 'button');
  await sees(/✓ None/);
  expect(await audited()).toContain('provider is back');
  await olga.open('/');
  await expect.poll(() => olga.text('main'), { timeout: 120_000 }).toMatch(/\b0 open/);
  expect(olga.complaints).toEqual([]);
}, 240_000);
