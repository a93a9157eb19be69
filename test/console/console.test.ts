import amqp from 'amqplib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { consoleUrl } from '../../infra/local/console/part.ts';
import { freePorts } from '../../infra/local/ports.ts';
import { startBrowser, type Visitor, visit } from '../support/console/visitor.ts';
import { providerIs } from '../support/saga/sandbox.ts';
import { until } from '../support/saga/until.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/**
 * Goal: whoever is on call sees what is stuck and why, and mends it, by mouse or by keyboard. Method: one whole system with sagas in
 * each state, its console, and a real Chromium. The tests are one evening: each finds what the ones before it have left.
 */
const mug = [{ sku: 'mug', quantity: 1 }];

let world: World;
let browser: Browser;
let url: string;
let olga: Visitor;
/** Orders, by what became of them. */
const orders = { confirmed: '', declined: '', challenged: '', dead: '' };

beforeAll(async () => {
  const ports = await freePorts();
  url = consoleUrl(ports);
  [browser, world] = await Promise.all([
    startBrowser(),
    startWorld({ RETRY_DELAYS: '200ms' }, { ports, withConsole: true }),
  ]);
  const alice = await world.customer();
  await world.stock({ sku: 'mug', available: 100, unitPriceMinor: 1290 });
  orders.confirmed = await alice.place(mug);
  orders.declined = await alice.place(mug, 'pm_card_chargeDeclined');
  orders.challenged = await alice.place(mug, 'pm_card_threeDSecure2Required');
  await Promise.all([alice.until(orders.confirmed), alice.until(orders.declined)]);
  await alice.until(orders.challenged, ({ waitingFor }) => waitingFor === 'customer');
  await providerIs(world, { outage: 'refuse' });
  orders.dead = await alice.place(mug);
  await until('payment has given up', async () => (await deadLettersOf('payment')) === 1);
  await providerIs(world, { outage: 'none' });
  olga = await visit(browser, url);
}, 240_000);

afterAll(async () => {
  await Promise.all([browser?.close(), world?.end()]);
});

const deadLettersOf = async (service: string): Promise<number> =>
  (await world.operator.expect(200, 'GET', `/dead-letters/${service}`)).items.length;

const sees = (text: string | RegExp) => expect.poll(() => olga.text('main')).toMatch(text);

/** Fills in the dialog that is open, after its preview has said this. */
async function confirm(preview: RegExp, reason: string, verb: string, done: RegExp): Promise<void> {
  const dialog = olga.page.locator('dialog[open]');
  await expect.poll(() => olga.text('dialog[open]')).toMatch(preview);
  await dialog.getByLabel('Why, for the audit').fill(reason);
  await olga.click(verb, 'button');
  await expect.poll(() => olga.text('dialog[open]')).toMatch(done);
  await olga.click('Close', 'button');
  await expect.poll(() => dialog.count()).toBe(0);
}

describe('who is on call', () => {
  test('sees without a click what is open, for how long, why, and what is dead', async () => {
    await olga.open('/');
    await sees(/2 open, the oldest for/);
    await sees(
      new RegExp(`${orders.dead}\\s+PENDING.*StripeConnectionError.*a dead letter: redrive it`, 's'),
    );
    await sees(new RegExp(`${orders.challenged}\\s+PENDING.*waits for the customer`, 's'));
    await sees(
      /payment\s+1 stock\.reserved\s+gave up after … attempts: ProviderError: StripeConnectionError/,
    );
    await sees(/olga \(operator\)\s+stocktake at inventory\s+mug\s+counted/);
    await sees(/the API answers/);
  });

  test('gets to the true reason, and to what mends it, in at most three clicks', async () => {
    await olga.open('/');
    await olga.click(orders.dead);
    await sees(/payment: ProviderError: StripeConnectionError.*a dead letter: redrive it/);
    await olga.click('its dead letters');
    await sees(/Dead letters of payment/);
    await sees(orders.dead);
    expect(olga.clicks()).toBeLessThanOrEqual(3);
  });

  test('sees a saga as a diagram, and copies it', async () => {
    await olga.page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: url });
    await olga.open(`/sagas/${orders.declined}`);
    const picture = olga.page.locator('svg[role=img]');
    await expect
      .poll(() => picture.textContent())
      .toMatch(
        /^callerorderinventorypaymentoutside.*order\.placed.*RESERVED.*payment\.declined.*CANCELLING.*stock\.released/,
      );
    await olga.click('Copy as Mermaid', 'button');
    await sees(/✓ copied/);
    const copied = await olga.evaluate('navigator.clipboard.readText()');
    expect(copied).toMatch(/^sequenceDiagram\n {2}participant p0 as caller\n/);
    expect(copied).toContain('p0->>p1: place at ');
  });

  test('finds a saga by any id, and is told of one that is none', async () => {
    await olga.open('/');
    const box = olga.page.getByRole('searchbox');
    await box.fill(`${orders.confirmed}:order.placed`);
    await box.press('Enter');
    await olga.page.waitForURL(`**/sagas/${orders.confirmed}`);
    await sees(/CONFIRMED/);
    await box.fill('pi_unknown');
    await box.press('Enter');
    await expect.poll(() => olga.text('header')).toMatch(/404 .*no payment intent/);
    expect(new URL(olga.page.url()).pathname).toBe(`/sagas/${orders.confirmed}`);
  });

  test('narrows the list down by the address, and goes back', async () => {
    await olga.open('/?service=payment');
    await sees(orders.dead);
    await olga.page.getByLabel('status').selectOption('CANCELLING');
    await olga.page.waitForURL('**/?service=payment&status=CANCELLING');
    await sees(/No open saga is one of these/);
    await olga.page.goBack();
    await sees(orders.dead);
    await olga.open('/?status=LOST');
    await sees(/Which sagas are open: this cannot be asked\. 400/);
  });
});

describe('an act', () => {
  test('is left, and nothing has changed', async () => {
    await olga.open(`/sagas/${orders.challenged}`);
    await olga.click('Cancel…', 'button');
    await expect.poll(() => olga.text('dialog[open]')).toMatch(/There is no way back/);
    await olga.click('Leave it', 'button');
    const { status } = await world.operator.expect(200, 'GET', `/orders/${orders.challenged}/timeline`);
    expect(status).toBe('PENDING');
  });

  test('nudges a saga, and the diagram shows why that changed nothing', async () => {
    await olga.open(`/sagas/${orders.challenged}`);
    await olga.click('Nudge…', 'button');
    await confirm(
      /would say order\.placed again, under the same ids, and stay PENDING/,
      'ticket 7',
      'Nudge it',
      /has said order\.placed; it is PENDING/,
    );
    await sees(/a nudge by olga \(ticket 7\): order said its last events again, and it stays PENDING/);
    const query = `act=nudge&about=${orders.challenged}`;
    const { items } = await world.operator.expect(200, 'GET', `/audit/order?${query}`);
    expect(items).toMatchObject([{ by: 'olga', reason: 'ticket 7' }]);
  });

  test('cancels a saga, which is seen to end without another click', async () => {
    await olga.open(`/sagas/${orders.challenged}`);
    await olga.click('Cancel…', 'button');
    await confirm(
      /order would be CANCELLING.*inventory, which is RESERVED.*payment, which is AWAITING_CUSTOMER/s,
      'ticket 8',
      'Cancel the order',
      /It is CANCELL/,
    );
    await sees(/CANCELLED/);
    await sees(/RELEASED/);
    expect(await olga.page.getByRole('button', { name: 'Cancel…' }).isDisabled()).toBe(true);
  });

  test('redrives what is selected, and the saga is seen to heal', async () => {
    await olga.open('/dead-letters/payment');
    const redrive = olga.page.getByRole('button', { name: /^Redrive/ });
    await sees(orders.dead);
    expect(await redrive.isDisabled()).toBe(true);
    await olga.click('all', 'checkbox');
    await olga.click('Redrive 1 selected…', 'button');
    await confirm(
      new RegExp(`1 resume.*stock\\.reserved of ${orders.dead} would|1 apply`, 's'),
      'provider is back',
      'Redrive',
      /1 of 1 are redriven/,
    );
    await sees(/✓ None/);
    await olga.open(`/sagas/${orders.dead}`);
    await sees(/CONFIRMED/);
  });

  test('discards what nobody can use', async () => {
    const connection = await amqp.connect(world.system.urls.rabbitmq);
    const channel = await connection.createConfirmChannel();
    channel.sendToQueue('inventory', Buffer.from('<img src=x onerror=alert(1)>'), { userId: 'order' });
    await channel.waitForConfirms();
    await connection.close();
    await expect.poll(() => deadLettersOf('inventory')).toBe(1);
    await olga.open('/dead-letters/inventory');
    await sees(/not JSON/);
    await olga.page.getByText(/its body/).click();
    await sees('<img src=x onerror=alert(1)>');
    await olga.click('all', 'checkbox');
    await olga.click('Discard 1 selected…', 'button');
    await confirm(/1 would be removed/, 'noise', 'Discard for good', /1 of 1 are discarded/);
    await sees(/✓ None/);
    expect(await deadLettersOf('inventory')).toBe(0);
  });
});

describe('the page', () => {
  test('is used by the keyboard alone', async () => {
    const { keyboard } = olga.page;
    const focused = async (what: string) => await olga.evaluate(`document.activeElement.${what}`);
    const challenged = await (await world.customer()).place(mug, 'pm_card_threeDSecure2Required');
    await olga.open('/');
    await sees(challenged);
    await keyboard.press('/');
    expect(await focused('id')).toBe('search');
    await keyboard.type(orders.confirmed);
    await keyboard.press('Enter');
    await olga.page.waitForURL(`**/sagas/${orders.confirmed}`);
    await keyboard.press('h');
    await sees(challenged);
    await keyboard.press('j');
    expect(await focused('textContent')).toBe(challenged);
    await keyboard.press('Enter');
    await olga.page.waitForURL(`**/sagas/${challenged}`);
    await keyboard.press('?');
    expect(await olga.page.locator('#help').isVisible()).toBe(true);
    await keyboard.press('Escape');
    expect(await olga.page.locator('#help').isVisible()).toBe(false);
    await sees(/waits for the customer/);
    // As often as it takes to the button: nothing before it keeps the focus.
    for (let tabs = 0; tabs < 20 && (await focused('textContent')) !== 'Cancel…'; tabs += 1)
      await keyboard.press('Tab');
    await keyboard.press('Enter');
    await expect.poll(() => olga.text('dialog[open]')).toMatch(/There is no way back/);
    for (let tabs = 0; tabs < 5 && (await focused('name')) !== 'reason'; tabs += 1)
      await keyboard.press('Tab');
    await keyboard.type('ticket 9');
    await keyboard.press('Enter');
    await expect.poll(() => olga.text('dialog[open]')).toMatch(/It is CANCELL/);
    await keyboard.press('Escape');
    await sees(/CANCELLED/);
  });

  test.each([
    ['light', 'light', 1280],
    ['dark', 'dark', 1280],
    ['narrow', 'light', 380],
  ] as const)('has no flaw that axe knows of, and fits, %s', async (_, colorScheme, width) => {
    const visitor = await visit(browser, url, { colorScheme, width });
    for (const path of [
      '/',
      `/sagas/${orders.declined}`,
      '/dead-letters/payment',
      '/sagas/%zz',
      '/?status=LOST',
    ]) {
      await visitor.open(path);
      await expect.poll(() => visitor.page.getByText('Asking…').count()).toBe(0);
      expect([path, await visitor.flaws()]).toEqual([path, []]);
      const overflow = await visitor.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect([path, overflow]).toEqual([path, 0]);
    }
    await visitor.open('/');
    await visitor.page.keyboard.press('?');
    expect(await visitor.flaws()).toEqual([]);
    const back = await visitor.evaluate('getComputedStyle(document.body).backgroundColor');
    const [red = 0] = (/\d+/.exec(String(back)) ?? []).map(Number);
    expect(red < 128).toBe(colorScheme === 'dark');
    expect(visitor.complaints).toEqual([]);
    await visitor.evaluate("document.querySelector('main').append(document.createElement('button'))");
    await visitor.page.keyboard.press('Escape');
    expect((await visitor.flaws()).join()).toContain('button-name');
    await visitor.leave();
  });

  test('asks nothing while nobody sees it, and at once when somebody does', async () => {
    const calls: string[] = [];
    await olga.open('/');
    await sees(/open/);
    olga.page.on('request', (request) => calls.push(request.url()));
    const show = (isHidden: boolean) =>
      olga.evaluate(`
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${isHidden} });
        document.dispatchEvent(new Event('visibilitychange'));
      `);
    await show(true);
    calls.length = 0;
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    expect(calls).toEqual([]);
    await show(false);
    await expect.poll(() => calls.filter((call) => call.includes('/api/sagas')).length).toBeGreaterThan(0);
  });

  test('keeps what it knows while the API is gone, says so, and never shows that as an empty list', async () => {
    const placed = await (await world.customer()).place(mug, 'pm_card_threeDSecure2Required');
    await olga.open('/');
    await sees(placed);
    await world.system.parts.api.kill();
    await sees(
      /Which sagas are open: this cannot be asked\. 502 Bad Gateway.*What stands here is of .* ago/s,
    );
    expect(await olga.page.getByRole('link', { name: placed }).count()).toBe(1);
    const other = await visit(browser, url);
    await other.open('/');
    await expect.poll(() => other.page.getByRole('alert').count()).toBe(7);
    expect(await other.text('main')).not.toMatch(/Nothing is open|✓ none|Nobody has/);
    await other.leave();
    await world.system.parts.api.start();
    await expect.poll(() => olga.page.getByRole('alert').count(), { timeout: 60_000 }).toBe(0);
    await sees(placed);
  });

  test('has broken no policy of its own, and its script has not failed', async () => {
    expect(olga.complaints).toEqual([]);
    // One that did would be told.
    await olga.evaluate("new Image().src = 'http://elsewhere.invalid/picture.png'");
    await expect.poll(() => olga.complaints.join()).toContain('violates the policy: ');
  });
});
