import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Redriven } from '../../api/calls.ts';
import { manyAnswers } from '../support/console/many.ts';
import { shopAnswers } from '../support/console/shop-answers.ts';
import { type Asked, type Stage, startStage } from '../support/console/stage.ts';
import { startBrowser, type Visitor, visit } from '../support/console/visitor.ts';
import { challenged, providerDown } from '../support/stuck.ts';
import { threeServices } from '../support/three-services.ts';

/**
 * Goal: each page and each dialog can be read by everybody: in the dark, on a narrow screen, by whoever hears it or has no mouse.
 * Method: a real Chromium, axe, and an API whose answers the test says.
 */
let stage: Stage;
let browser: Browser;
let orderId: string;
/** The redrives that were asked for, without dry runs. */
const redriven: (readonly string[])[] = [];

/** As many dead letters as one names move, or would. */
function redrive({ body }: Asked): Redriven {
  const { digests, dryRun = false } = JSON.parse(body) as {
    readonly digests: readonly string[];
    readonly dryRun?: boolean;
  };
  if (!dryRun) redriven.push(digests);
  const items = digests.map((digest) => ({
    ...{ digest, type: 'stock.reserved', orderId },
    ...{ would: 'resume' as const, status: 'CHARGING', moved: !dryRun },
  }));
  return { dryRun, redriven: dryRun ? 0 : items.length, items, more: false, isWhole: true };
}

beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  [stage, browser] = await Promise.all([startStage(threeServices), startBrowser()]);
  const [here, failing] = await providerDown(Date.now());
  orderId = failing;
  vi.restoreAllMocks();
  stage.answer({
    ...shopAnswers(here),
    'GET /dead-letters/*': manyAnswers({ open: 0, dead: 60 })['GET /dead-letters/*'] ?? (() => ({})),
    'GET /orders/*/reservation': () => ({ orderId, status: 'RESERVED', history: [] }),
    'POST /dead-letters/*/redrive': redrive,
    'POST /dead-letters/*/discard': ({ body }) => ({
      items: (JSON.parse(body) as { readonly digests: readonly string[] }).digests.map((digest) => ({
        ...{ digest, reason: 'gave up after 6 attempts', discarded: false },
      })),
      ...{ dryRun: true, discarded: 0, more: false, isWhole: true },
    }),
    'POST /orders/*/nudge': () => ({ orderId, status: 'PENDING', says: ['order.placed'], dryRun: true }),
  });
});
afterAll(async () => {
  await Promise.all([browser?.close(), stage?.end()]);
});

/** Neither axe nor the browser finds a flaw, and nothing is wider than the screen. */
async function isSound(visitor: Visitor, what: string): Promise<void> {
  expect([what, await visitor.flaws()]).toEqual([what, []]);
  const overflow = await visitor.evaluate('document.documentElement.scrollWidth - innerWidth');
  const wide = await visitor.evaluate(
    `[...document.querySelectorAll('dialog[open]')].filter((each) =>
      each.getBoundingClientRect().right > innerWidth || each.scrollWidth > each.clientWidth).length`,
  );
  expect([what, overflow, wide]).toEqual([what, 0, 0]);
}

test.each([
  ['light', 'light', 1280],
  ['dark', 'dark', 1280],
  ['narrow', 'light', 380],
  ['narrow and dark', 'dark', 380],
] as const)('every page and every dialog, %s', async (_, colorScheme, width) => {
  const olga = await visit(browser, stage.url, { colorScheme, width });
  const opened = async (button: string | RegExp, preview: RegExp): Promise<void> => {
    await olga.click(button, 'button');
    await expect.poll(() => olga.text('dialog[open]')).toMatch(preview);
    await isSound(olga, String(button));
    await olga.click('Leave it', 'button');
  };
  await olga.open('/');
  await expect.poll(() => olga.text('main')).toMatch(/payment fails at 1 of those listed/);
  await expect.poll(() => olga.text('main')).toMatch(/the API answers · ● the broker answers/);
  await isSound(olga, 'the first page');
  await olga.open(`/sagas/${orderId}`);
  await expect.poll(() => olga.text('main')).toMatch(/next nudge (in \d+ s|due)/);
  await olga.page.getByText('reservation of inventory').click();
  await expect.poll(() => olga.text('main')).toMatch(/"status": "RESERVED"/);
  await isSound(olga, 'a saga');
  await opened('Nudge…', /would say order\.placed again/);
  await opened('Cancel…', /There is no way back/);
  await olga.open('/dead-letters/payment');
  await expect.poll(() => olga.text('main')).toMatch(/60 stock\.reserved/);
  await isSound(olga, 'dead letters');
  await olga.click('all', 'checkbox');
  await opened('Redrive 60 selected…', /They would: 60 resume/);
  await opened('Discard 60 selected…', /60 would be removed/);
  expect(olga.complaints).toEqual([]);
  await olga.leave();
});

test('a redrive by the keyboard alone', async () => {
  const olga = await visit(browser, stage.url);
  const { keyboard } = olga.page;
  const focused = async (what: string) => String(await olga.evaluate(`document.activeElement.${what}`));
  const tabTo = async (what: string, wanted: RegExp, key = 'Tab'): Promise<void> => {
    for (let tabs = 0; tabs < 20 && !wanted.test(await focused(what)); tabs += 1) await keyboard.press(key);
    expect(await focused(what)).toMatch(wanted);
  };
  await olga.open('/dead-letters/payment');
  await expect.poll(() => olga.text('main')).toMatch(/60 stock\.reserved/);
  await keyboard.press('j');
  await keyboard.press('j');
  await keyboard.press('Space');
  await expect.poll(() => olga.text('main')).toMatch(/Redrive 1 selected…/);
  await tabTo('textContent', /^Redrive 1 selected…$/, 'Shift+Tab');
  await keyboard.press('Enter');
  await expect.poll(() => olga.text('dialog[open]')).toMatch(/They would: 1 resume/);
  await keyboard.press('Escape');
  await expect.poll(() => olga.page.locator('dialog[open]').count()).toBe(0);
  expect(redriven).toEqual([]);
  await keyboard.press('Enter');
  await expect.poll(() => olga.text('dialog[open]')).toMatch(/They would: 1 resume/);
  await tabTo('name', /^reason$/);
  await keyboard.type('ticket 9');
  await keyboard.press('Enter');
  await expect.poll(() => olga.text('dialog[open]')).toMatch(/1 of 1 are redriven/);
  expect(redriven).toEqual([[`${'0'.repeat(31)}1`]]);
  await olga.leave();
});

test('Esc stops a redrive that is under way, and what it has done is told first', async () => {
  const olga = await visit(browser, stage.url);
  const moved = Promise.withResolvers<void>();
  stage.answer({
    'POST /dead-letters/*/redrive': async (asked) => {
      const answer = redrive(asked);
      if (!answer.dryRun) await moved.promise;
      return answer;
    },
  });
  await olga.open('/dead-letters/payment');
  await expect.poll(() => olga.text('main')).toMatch(/60 stock\.reserved/);
  await olga.click('all', 'checkbox');
  await olga.click('Redrive 60 selected…', 'button');
  await expect.poll(() => olga.text('dialog[open]')).toMatch(/They would: 60 resume/);
  await olga.page.getByLabel('Why, for the audit').fill('ticket 10');
  await olga.click('Redrive', 'button');
  await expect.poll(() => olga.text('dialog[open]')).toMatch(/It begins…/);
  await olga.page.keyboard.press('Escape');
  await expect.poll(() => olga.text('dialog[open]')).toMatch(/Stopping after these…/);
  moved.resolve();
  await expect
    .poll(() => olga.text('dialog[open]'))
    .toMatch(/50 of 60 are redriven\.\s+10 are left as they were\./);
  expect(redriven.at(-1)).toHaveLength(50);
  await isSound(olga, 'what it has done');
  await olga.page.keyboard.press('Escape');
  await expect.poll(() => olga.page.locator('dialog[open]').count()).toBe(0);
  await olga.leave();
});

test('the time until the next nudge runs on the page', async () => {
  const olga = await visit(browser, stage.url);
  const [here, waiting] = await challenged(Date.now());
  stage.answer({ 'GET /orders/*/timeline': shopAnswers(here)['GET /orders/*/timeline'] ?? (() => ({})) });
  await olga.open(`/sagas/${waiting}`);
  const seconds = async (): Promise<number> => Number(/nudge in (\d+) s/.exec(await olga.text('main'))?.[1]);
  await expect.poll(seconds).toBeGreaterThan(0);
  const before = await seconds();
  await expect.poll(seconds).toBeLessThan(before);
  await olga.leave();
});
