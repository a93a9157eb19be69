import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { manyAnswers } from '../support/console/many.ts';
import { type Stage, startStage } from '../support/console/stage.ts';
import { startBrowser, visit } from '../support/console/visitor.ts';
import { threeServices } from '../support/three-services.ts';

/**
 * Goal: 10,000 open sagas and 500 dead letters leave the console usable. Method: the console in Chromium, before an API that answers
 * at once, and another thing each time. What else this machine does can only make it slower, so the best of some rounds counts.
 */
const MAX_FIRST_PAGE_MS = 1_000;
/** https://www.w3.org/TR/longtasks-1/ calls a task long from here on. */
const MAX_TASK_MS = 50;
const ROUNDS = 5;

let stage: Stage;
let browser: Browser;

beforeAll(async () => {
  [stage, browser] = await Promise.all([startStage(threeServices), startBrowser()]);
  stage.answer(manyAnswers({ open: 10_000, dead: 500 }));
});
afterAll(async () => {
  await Promise.all([browser?.close(), stage?.end()]);
});

/** Notes when the first list of open sagas is there. */
const NOTE_LIST = `
  new MutationObserver((_, observer) => {
    if (document.querySelectorAll('th [data-row]').length === 0) return;
    window.listedMs = performance.now();
    observer.disconnect();
  }).observe(document, { childList: true, subtree: true });
`;

/**
 * The longest task, in milliseconds, while the page is scrolled up and down for so long, asks for everything anew
 * in between, and has all selected where one can. * 0: none was long.
 */
const scrolling = (ms: number) => `new Promise((resolve) => {
  let longest = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
  });
  observer.observe({ type: 'longtask' });
  const end = performance.now() + ${ms};
  setTimeout(() => document.dispatchEvent(new Event('visibilitychange')), ${ms / 3});
  setTimeout(() => document.querySelector('thead input')?.click(), ${ms / 2});
  const step = (now) => {
    const height = document.documentElement.scrollHeight - innerHeight;
    scrollTo(0, height * Math.abs(((now / 1000) % 2) - 1));
    if (now < end) requestAnimationFrame(step);
    else setTimeout(() => resolve(longest), 100);
  };
  requestAnimationFrame(step);
})`;

const bestOf = async (measure: () => Promise<number>, enough: number): Promise<number> => {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS && best > enough; round += 1) best = Math.min(best, await measure());
  return best;
};

test('the first page is there within a second', async () => {
  const best = await bestOf(async () => {
    const olga = await visit(browser, stage.url);
    await olga.page.addInitScript(NOTE_LIST);
    await olga.open('/');
    await expect.poll(() => olga.text('main')).toMatch(/10000 open.*100 of those that are at least/s);
    const ms = Number(await olga.evaluate('window.listedMs'));
    await olga.leave();
    return ms;
  }, MAX_FIRST_PAGE_MS);
  expect(best).toBeLessThanOrEqual(MAX_FIRST_PAGE_MS);
}, 120_000);

test('those behind the first hundred can be reached, and no place is kept in another list', async () => {
  const olga = await visit(browser, stage.url);
  await olga.open('/');
  await expect.poll(() => olga.text('main')).toMatch(/The next ones/);
  const oldest = async () =>
    Number(/ord_0*(\d+)/.exec((await olga.page.locator('th [data-row]').first().textContent()) ?? '')?.[1]);
  expect(await oldest()).toBeLessThan(150);
  await olga.click('The next ones');
  await expect.poll(oldest).toBeGreaterThanOrEqual(199);
  expect(new URL(olga.page.url()).searchParams.has('cursor')).toBe(true);
  await olga.page.getByLabel('status').selectOption('PENDING');
  await expect.poll(oldest).toBeLessThan(150);
  expect(new URL(olga.page.url()).searchParams.has('cursor')).toBe(false);
  await olga.page.goBack();
  await expect.poll(oldest).toBeGreaterThanOrEqual(199);
  await olga.leave();
});

test.each([
  ['10,000 open sagas', '/', /100 of those/],
  ['500 dead letters', '/dead-letters/payment', /500 stock\.reserved/],
])(
  'no task is long while one scrolls through %s that change',
  async (_, path, known) => {
    const olga = await visit(browser, stage.url);
    await olga.open(path);
    await expect.poll(() => olga.text('main')).toMatch(known);
    const best = await bestOf(async () => Number(await olga.evaluate(scrolling(3_000))), MAX_TASK_MS);
    expect(best).toBeLessThanOrEqual(MAX_TASK_MS);
    // The observer sees long tasks at all.
    const planted = `setTimeout(() => { const end = performance.now() + 120; while (performance.now() < end); }, 200)`;
    await olga.evaluate(planted);
    expect(Number(await olga.evaluate(scrolling(500)))).toBeGreaterThan(100);
    await olga.leave();
  },
  120_000,
);
