import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { API_VERSION } from '../../../infra/local/payment-sandbox/webhooks/event.ts';
import { signatureOf } from '../../../infra/local/payment-sandbox/webhooks/signature.ts';
import { SandboxUnderTest } from '../../support/payment-sandbox.ts';

/** Goal: a receiver hears of every change at least once, in Stripe's own words. Method: a real receiver and the SDK's check. */
const secret = 'whsec_orders';
let answers: (delivery: number) => number;
let heard: Stripe.Event[];
let receiver: Server;
let sandbox: SandboxUnderTest;

beforeEach(async () => {
  answers = () => 200;
  heard = [];
  let deliveries = 0;
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const event = heardIn(Buffer.concat(chunks), request.headers['stripe-signature']);
      deliveries += 1;
      const status = event === undefined ? 400 : answers(deliveries);
      if (event !== undefined && status === 200) heard.push(event);
      response.writeHead(status).end();
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => receiver.once('listening', resolve));
  sandbox = await new SandboxUnderTest({ receiver: receiverOf(), settings: { settleMs: 20 } }).start();
});
afterEach(async () => {
  await sandbox.end();
  receiver.close();
  receiver.closeAllConnections();
});

const receiverOf = () => ({
  url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/webhooks`,
  secret,
});

/** Undefined if it is forged. */
function heardIn(body: Buffer, signature: string | string[] | undefined): Stripe.Event | undefined {
  try {
    return Stripe.webhooks.constructEvent(body, signature ?? '', secret);
  } catch {
    return undefined;
  }
}

const typesOf = (intentId: string) =>
  heard
    .filter(({ data }) => {
      const object = data.object as { id: string; payment_intent?: string };
      return object.id === intentId || object.payment_intent === intentId;
    })
    .map(({ type }) => type)
    .sort();
const hears = (intentId: string, ...types: string[]) =>
  expect.poll(() => typesOf(intentId), { timeout: 10_000 }).toEqual(types.toSorted());

test('the events are in the version of the SDK', () => {
  expect(API_VERSION).toBe(Stripe.API_VERSION);
});

test.each([
  ['pm_card_visa', ['payment_intent.succeeded']],
  ['pm_sandbox_processing', ['payment_intent.processing', 'payment_intent.succeeded']],
  ['pm_card_threeDSecure2Required', ['payment_intent.requires_action']],
  ['pm_card_chargeDeclined', ['payment_intent.payment_failed']],
  ['pm_card_createDispute', ['payment_intent.succeeded', 'charge.dispute.created']],
])('a charge with %s says %j', async (method, types) => {
  const { id } = await sandbox.prepare(method);
  await sandbox
    .stripe()
    .paymentIntents.confirm(id)
    .catch(() => {});
  await hears(id, ...types);
});

test.each([
  ['pm_card_visa', ['refund.created', 'charge.refunded']],
  ['pm_card_pendingRefund', ['refund.created', 'charge.refunded', 'refund.updated']],
  ['pm_card_refundFail', ['refund.created', 'charge.refunded', 'refund.updated', 'refund.failed']],
])('a refund of %s says %j', async (method, types) => {
  const { id } = await sandbox.charge(method);
  await sandbox.stripe().refunds.create({ payment_intent: id });
  await hears(id, 'payment_intent.succeeded', ...types);
});

test('a challenge, a cancellation and the end of a dispute are said', async () => {
  const stripe = sandbox.stripe();
  const [approved, failed, canceled] = [
    await sandbox.charge('pm_card_threeDSecure2Required'),
    await sandbox.charge('pm_card_threeDSecure2Required'),
    await sandbox.charge('pm_card_threeDSecure2Required'),
  ];
  for (const [intent, outcome] of [
    [approved, 'approve'],
    [failed, 'fail'],
  ] as const)
    await fetch(`${sandbox.url}/challenge`, {
      method: 'POST',
      body: new URLSearchParams({ client_secret: intent.client_secret ?? '', outcome }),
    });
  await stripe.paymentIntents.cancel(canceled.id);
  await hears(approved.id, 'payment_intent.requires_action', 'payment_intent.succeeded');
  await hears(failed.id, 'payment_intent.requires_action', 'payment_intent.payment_failed');
  await hears(canceled.id, 'payment_intent.requires_action', 'payment_intent.canceled');
  const disputed = await sandbox.charge('pm_card_createDispute');
  const disputes = () => stripe.disputes.list({ payment_intent: disputed.id });
  await expect.poll(async () => (await disputes()).data.length, { timeout: 10_000 }).toBe(1);
  await stripe.disputes.close((await disputes()).data[0]?.id ?? '');
  const said = ['payment_intent.succeeded', 'charge.dispute.created', 'charge.dispute.closed'];
  await hears(disputed.id, ...said);
});

test('an event shows its object as it was, and the request that changed it', async () => {
  const { id } = await sandbox.prepare('pm_card_visa');
  const confirmed = await sandbox.stripe().paymentIntents.confirm(id, {}, { idempotencyKey: 'key-1' });
  await hears(id, 'payment_intent.succeeded');
  const [event] = heard;
  const { lastResponse, ...object } = confirmed;
  expect(event).toMatchObject({
    object: 'event',
    data: { object },
    request: { id: lastResponse.requestId, idempotency_key: 'key-1' },
  });
});

test('what is asked twice or refused says nothing more', async () => {
  const { id } = await sandbox.prepare('pm_card_visa');
  const confirm = () => sandbox.stripe().paymentIntents.confirm(id, {}, { idempotencyKey: 'key-2' });
  await confirm();
  await confirm();
  await sandbox
    .stripe()
    .paymentIntents.cancel(id)
    .catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 100));
  await hears(id, 'payment_intent.succeeded');
});

test('an event that is not taken is sent again, under the same id', async () => {
  answers = (delivery) => (delivery <= 2 ? 500 : 200);
  const { id } = await sandbox.charge('pm_card_visa');
  await expect.poll(() => typesOf(id), { timeout: 10_000 }).toEqual(['payment_intent.succeeded']);
});

test('a charge is answered although nobody takes its event, which outlives a restart', async () => {
  answers = () => 503;
  const { id } = await sandbox.charge('pm_card_visa');
  await sandbox.restart();
  answers = () => 200;
  await expect.poll(() => typesOf(id), { timeout: 10_000 }).toEqual(['payment_intent.succeeded']);
  await sandbox.restart();
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(typesOf(id)).toEqual(['payment_intent.succeeded']);
});

test('events are lost, doubled and late if they are set to', async () => {
  await sandbox.set({ webhooksLostPercent: 100 });
  const lost = await sandbox.charge('pm_card_visa');
  await sandbox.set({ webhooksLostPercent: 0, webhooksDoubledPercent: 100 });
  const doubled = await sandbox.charge('pm_card_visa');
  await hears(doubled.id, 'payment_intent.succeeded', 'payment_intent.succeeded');
  expect(new Set(heard.map(({ id }) => id)).size).toBe(1);
  await sandbox.set({ webhooksDoubledPercent: 0, webhooksDelayMs: 400 });
  const late = await sandbox.charge('pm_card_visa');
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(typesOf(late.id)).toEqual([]);
  await hears(late.id, 'payment_intent.succeeded');
  expect(typesOf(lost.id)).toEqual([]);
});

test('a forged event is none: neither by another secret nor for another body', async () => {
  const { url } = receiverOf();
  const body = JSON.stringify({ id: 'evt_forged', object: 'event', type: 'payment_intent.succeeded' });
  const now = Math.floor(Date.now() / 1000);
  const send = async (signature: string) =>
    (await fetch(url, { method: 'POST', body, headers: { 'stripe-signature': signature } })).status;
  expect(await send(signatureOf(body, 'whsec_other', now))).toBe(400);
  expect(await send(signatureOf(`${body} `, secret, now))).toBe(400);
  expect(await send(signatureOf(body, secret, now - 3_600))).toBe(400);
  expect(heard).toEqual([]);
  expect(await send(signatureOf(body, secret, now))).toBe(200);
});
