import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { shopAnswers } from '../support/console/shop-answers.ts';
import { type Refused, type Stage, startStage } from '../support/console/stage.ts';
import { startBrowser, type Visitor, visit } from '../support/console/visitor.ts';
import { ShopInMemory } from '../support/shop-in-memory.ts';
import { unanswered } from '../support/simulated-stripe.ts';
import { threeServices } from '../support/three-services.ts';

/**
 * Goal: whatever the API answers, or if it does not, what was known stays on screen, and nobody takes an error for an empty list.
 * Method: a real Chromium, and an API that refuses when the test says so.
 */
let stage: Stage;
let browser: Browser;
let here: ShopInMemory;
let orderId: string;

beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  [stage, browser] = await Promise.all([startStage(threeServices), startBrowser()]);
  here = new ShopInMemory();
  here.stripe.before = unanswered;
  orderId = await here.place();
  for (let tries = 0; tries < 4; tries += 1) await here.retry();
  vi.restoreAllMocks();
  stage.answer(shopAnswers(here));
});
afterAll(async () => {
  await Promise.all([browser?.close(), stage?.end()]);
});
beforeEach(() => stage.refuse(undefined));

/** What each page shows of the saga, and how many questions it asks. */
const pages = [
  { page: 'the first page', path: () => '/', known: () => orderId, questions: 7 },
  {
    page: 'the page of a saga',
    path: () => `/sagas/${orderId}`,
    known: () => 'StripeConnectionError',
    questions: 2,
  },
  {
    page: 'the page of dead letters',
    path: () => '/dead-letters/payment',
    known: () => orderId,
    questions: 1,
  },
] as const;

const refusals: readonly Refused[] = [
  { status: 401, title: 'Unauthorized', detail: 'The token is not valid.' },
  { status: 403, title: 'This role may not do that', detail: 'Ask somebody who may.' },
  { status: 503, title: 'Try again in a moment', detail: 'The database does not answer.' },
];

/** What only an empty list may say. */
const EMPTY = /Nothing is open|No open saga|✓ none|✓ None|Nobody has|Nothing\./;

/** Has the page ask at once: it does when somebody comes back to it. */
const comeBack = (visitor: Visitor) =>
  visitor.evaluate("document.dispatchEvent(new Event('visibilitychange'))");

const alerts = (visitor: Visitor) => visitor.page.getByRole('alert');

describe.each(refusals)('an API that says $status', (refusal) => {
  test.each(pages)('on $page: what is known stays, and it is told of when it is', async ({ path, known }) => {
    const olga = await visit(browser, stage.url);
    await olga.open(path());
    await expect.poll(() => olga.text('main')).toContain(known());
    stage.refuse(refusal);
    await comeBack(olga);
    await expect.poll(() => olga.text('main')).toContain(`${refusal.status} ${refusal.title}`);
    expect(await olga.text('main')).toContain(known());
    expect(await olga.text('main')).toMatch(/What stands here is of .* ago\. Asked again in \d+ s\./);
    expect(await olga.flaws()).toEqual([]);
    stage.refuse(undefined);
    await comeBack(olga);
    await expect.poll(() => alerts(olga).count()).toBe(0);
    await olga.leave();
  });

  test.each(pages)('on $page, where nothing is known: no list looks empty', async ({ path, questions }) => {
    stage.refuse(refusal);
    const olga = await visit(browser, stage.url);
    await olga.open(path());
    await expect.poll(() => alerts(olga).count()).toBe(questions);
    const seen = await olga.text('main');
    expect(seen).not.toMatch(EMPTY);
    expect(seen).toContain(refusal.detail);
    expect(await olga.flaws()).toEqual([]);
    expect(olga.complaints).toEqual([]);
    await olga.leave();
  });
});

describe('a machine that is offline', () => {
  test.each(pages)('on $page: what is known stays, and it is told why it is old', async ({ path, known }) => {
    const olga = await visit(browser, stage.url);
    await olga.open(path());
    await expect.poll(() => olga.text('main')).toContain(known());
    await olga.page.context().setOffline(true);
    await comeBack(olga);
    await expect.poll(() => olga.text('main')).toMatch(/This machine is offline\..*What stands here is of/s);
    expect(await olga.text('main')).toContain(known());
    await olga.page.context().setOffline(false);
    await comeBack(olga);
    await expect.poll(() => alerts(olga).count()).toBe(0);
    await olga.leave();
  });

  test('comes to a page that it does not know, and sees no empty list there', async () => {
    const olga = await visit(browser, stage.url);
    await olga.open('/dead-letters/payment');
    await expect.poll(() => olga.text('main')).toContain(orderId);
    await olga.page.context().setOffline(true);
    await olga.click(orderId);
    await expect.poll(() => alerts(olga).count()).toBe(2);
    expect(await olga.text('main')).not.toMatch(EMPTY);
    await olga.page.keyboard.press('h');
    // What the page before it has shown of the dead letters is still known.
    await expect.poll(() => alerts(olga).count()).toBe(7);
    const seen = await olga.text('main');
    expect(seen.match(EMPTY)).toBeNull();
    expect(seen).toMatch(/payment\s+.*1 stock\.reserved/s);
    await olga.leave();
  });
});

test('an act that is refused says so, and has done nothing', async () => {
  const olga = await visit(browser, stage.url);
  await olga.open(`/sagas/${orderId}`);
  await olga.click('Cancel…', 'button');
  await expect.poll(() => olga.text('dialog[open]')).toMatch(/There is no way back/);
  stage.refuse({ status: 403, title: 'This role may not do that', detail: 'Ask somebody who may.' });
  await olga.page.getByLabel('Why, for the audit').fill('ticket 7');
  await olga.click('Cancel the order', 'button');
  await expect.poll(() => olga.text('dialog[open]')).toMatch(/✕ 403 This role may not do that/);
  expect(await olga.flaws()).toEqual([]);
  await olga.click('Leave it', 'button');
  await olga.leave();
});

test('an answer that does not come leaves on screen what is known, and that is told', async () => {
  const slow = Promise.withResolvers<object>();
  const olga = await visit(browser, stage.url);
  await olga.open('/dead-letters/payment');
  await expect.poll(() => olga.text('main')).toContain(orderId);
  stage.answer({ 'GET /dead-letters/*': () => slow.promise });
  await expect
    .poll(() => olga.text('main'), { timeout: 40_000 })
    .toMatch(/What stands here is of .* ago\. It is asked anew…/);
  expect(await olga.text('main')).toContain(orderId);
  slow.resolve({ items: [], more: false, isWhole: true });
  await expect.poll(() => olga.text('main')).toMatch(/✓ None/);
  stage.answer(shopAnswers(here));
  await olga.leave();
});
