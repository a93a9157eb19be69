import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { shopAnswers } from '../support/console/shop-answers.ts';
import { type Stage, startStage } from '../support/console/stage.ts';
import { startBrowser, type Visitor, visit } from '../support/console/visitor.ts';
import {
  challenged,
  deadLettered,
  deadlineIn,
  providerDown,
  queueWithoutConsumer,
  refundRefused,
  tableMissing,
} from '../support/stuck.ts';
import { threeServices } from '../support/three-services.ts';

/**
 * Goal: for each way to be stuck somebody who sees the first page gets to the true reason in at most three clicks. Method: the real
 * participants and readers of the insight API in memory, and a real Chromium.
 */
let stage: Stage;
let browser: Browser;
let olga: Visitor;

beforeAll(async () => {
  [stage, browser] = await Promise.all([startStage(threeServices), startBrowser()]);
});
afterAll(async () => {
  await Promise.all([browser?.close(), stage?.end()]);
});
beforeEach(async () => {
  // What the participants log.
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  olga = await visit(browser, stage.url);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await olga.leave();
});

const sees = (text: string | RegExp) => expect.poll(() => olga.text('main')).toMatch(text);

test.each([
  {
    way: 'a provider that is down',
    stuck: providerDown,
    first: /payment: ProviderError: StripeConnectionError/,
    reason: /payment: ProviderError: StripeConnectionError \(at stock\.reserved, 1 attempt, next try/,
    further: [],
  },
  {
    way: 'a refund that is refused for good',
    stuck: refundRefused,
    first: /CANCELLING.*waits for the person/,
    reason: /payment\s+REFUNDING\s.*waits for the person charge_disputed/,
    further: [],
  },
  {
    way: 'a queue that nobody reads',
    stuck: queueWithoutConsumer,
    first: /inventory has yet to hear order\.placed/,
    reason: /inventory has yet to hear order\.placed.*… inventory hears order\.placed/s,
    further: [],
  },
  {
    way: 'a table that is missing',
    stuck: tableMissing,
    first: /payment: its table cannot be read: ResourceNotFoundException/,
    reason: /payment\s+has heard nothing\s+✕ its table cannot be read: ResourceNotFoundException/,
    further: [],
  },
  {
    way: 'a deadline that is near',
    stuck: deadlineIn(30_000),
    first: /inventory has yet to hear order\.placed; deadline in \d+ s/,
    reason: /deadline\s+in \d+ s/,
    further: [],
  },
  {
    way: 'a deadline that is past',
    stuck: deadlineIn(-5_000),
    first: /‼ past the deadline.*past its deadline for \d+ s: the next nudge cancels it/s,
    reason: /‼ past the deadline/,
    further: [],
  },
  {
    way: 'a dead letter',
    stuck: deadLettered,
    first: /payment: ProviderError: StripeConnectionError \(.*a dead letter: redrive it/,
    reason: /gave up after 3 attempts: ProviderError: StripeConnectionError/,
    further: ['its dead letters'],
  },
  {
    way: 'the customer’s 3-D Secure',
    stuck: challenged,
    first: /PENDING.*waits for the customer/,
    reason: /payment\s+AWAITING_CUSTOMER\s.*waits for the customer/,
    further: [],
  },
])('$way', async ({ stuck, first, reason, further }) => {
  const [here, orderId] = await stuck(Date.now());
  stage.answer(shopAnswers(here));
  await olga.open('/');
  await sees(orderId);
  await sees(first);
  await olga.click(orderId);
  for (const link of further) await olga.click(link);
  await sees(reason);
  expect(olga.clicks()).toBeLessThanOrEqual(3);
  expect(await olga.flaws()).toEqual([]);
  expect(olga.complaints).toEqual([]);
});

test('a saga that is paid shows no difference, and what each service keeps of it once somebody asks', async () => {
  const [here] = await challenged(Date.now());
  const orderId = await here.place();
  const asked: string[] = [];
  const kept = { orderId, status: 'CAPTURED', paymentIntentId: 'pi_1', history: [] };
  stage.answer({
    ...shopAnswers(here),
    'GET /orders/*/payment': ({ name }) => {
      asked.push(name);
      return kept;
    },
  });
  await olga.open(`/sagas/${orderId}`);
  await sees(/✓ Just as declared\..*✓ order hears payment\.captured/s);
  expect(asked).toEqual([]);
  await olga.page.getByText('payment of payment').click();
  await sees(/"paymentIntentId": "pi_1"/);
  expect(asked).toContain(orderId);
  expect(await olga.flaws()).toEqual([]);
});
