import { createConfig, lintFromString } from '@redocly/openapi-core';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { OutgoingMessage } from '../../../engine/batch/messages.ts';
import type { RabbitMqEvent } from '../../../engine/consumer/rabbitmq-event.ts';
import type { HttpEvent, HttpFunction, HttpReply } from '../../../engine/http/http.ts';
import type { OrderId } from '../../../functions/shop.ts';
import { httpEvent } from '../../support/http-event.ts';
import { MemoryStore } from '../../support/memory-store.ts';

/**
 * Goal: with subscribers the shop has one participant more, and all that follows from it; a delivery that fails is tried again
 * with growing waits, and at last is a dead letter that says why. Method: the setting is there before the shop is declared, so
 * this file shares no module with others. The table is in memory, and what is sent is recorded.
 */
vi.hoisted(() => {
  process.env.WEBHOOK_SUBSCRIBERS = 'erp=https://erp.example/hooks,crm=https://crm.example order.cancelled';
});
const { shop, subscribers } = await import('../../../functions/shop.ts');
const { consume } = await import('../../../engine/consumer/consume.ts');
const { parseRetryDelays } = await import('../../../engine/saga/routes.ts');
const { participantPayloads } = await import('../../../infra/functions/payloads.ts');
const { outsideOf, Teller } = await import('../../../functions/webhooks/teller.ts');
const { webhooks } = await import('../../../functions/webhooks/webhooks.ts');
const { DeliveryError } = await import('../../../functions/webhooks/post.ts');
const { webhookLog } = await import('../../../functions/webhooks/get-record.ts');
const { resending } = await import('../../../functions/webhooks/resend.ts');

const services: readonly string[] = shop.services;
const delays = parseRetryDelays('1s,5s');
const nowMs = Date.parse('2026-01-01T00:00:00Z');
const secrets = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

let store: MemoryStore;
let published: OutgoingMessage[];
let sent: string[];
let failure: InstanceType<typeof DeliveryError> | undefined;

const table = () => ({ store, now: () => nowMs });
const teller = () =>
  new Teller(table(), {
    post: async (url, _, headers) => {
      sent.push(`${new URL(url).hostname} ${headers['webhook-id'].split(':')[1]}`);
      if (failure !== undefined) throw failure;
    },
    secretsOf: async () => secrets,
  });
const consumer = () =>
  consume(
    webhooks(outsideOf(teller(), subscribers)),
    {
      ...table(),
      userOf: (name) => name,
      publisher: { publish: async (message) => void published.push(message) },
    },
    delays,
  );

beforeEach(() => {
  store = new MemoryStore();
  published = [];
  sent = [];
  failure = undefined;
});

/** A message of each outcome, of two orders. */
const bothOutcomes = participantPayloads(shop).get('webhooks')?.() as RabbitMqEvent;
const QUEUE = 'webhooks::/';
const [confirmed] = bothOutcomes.rmqMessagesByQueue[QUEUE] ?? [];
if (confirmed === undefined) throw new Error('there is no message');
const orderId = String(confirmed.basicProperties.messageId).split(':')[0] as OrderId;
/** The message as a delay queue or a redrive brings it back. */
const eventOf = (attempts = 0): RabbitMqEvent => ({
  ...bothOutcomes,
  rmqMessagesByQueue: {
    [QUEUE]: [
      {
        ...confirmed,
        basicProperties: {
          ...confirmed.basicProperties,
          ...(attempts === 0 ? {} : { userId: 'webhooks' }),
          headers:
            attempts === 0
              ? null
              : { 'saga-attempts': attempts, 'saga-origin': { bytes: [...Buffer.from('order')] } },
        },
      },
    ],
  },
});

test('it takes no part in the saga, and hears of how it ends', () => {
  expect(services).toContain('webhooks');
  expect(shop.takesPart('webhooks')).toBe(false);
  expect(['order.confirmed', 'order.cancelled'].map((type) => shop.isHeard(type))).toEqual([true, true]);
});

test('the record of an order says who was told, and a copy of the outcome leads to nothing', async () => {
  const handle = consumer();
  await handle(eventOf());
  expect(store.items.get(orderId)?.status).toBe('TOLD');
  await handle(eventOf());
  await consumer()(eventOf());
  expect(sent).toEqual(['erp.example order.confirmed']);
  expect(published).toEqual([]);
});

test('who is told is retried with growing waits, and at last it is a dead letter that says why', async () => {
  failure = new DeliveryError('status 503');
  const handle = consumer();
  for (const attempts of [0, 1, 2]) await handle(eventOf(attempts));
  expect(published.map(({ exchange }) => exchange)).toEqual([
    'webhooks.retry.1s',
    'webhooks.retry.5s',
    'webhooks.dead',
  ]);
  expect(published.at(-1)?.headers).toMatchObject({
    'saga-dead-reason': 'gave up after 3 attempts',
    'saga-error': 'UntoldError: erp: status 503',
  });
  expect(store.items.get(orderId)?.status).toBe('TELLING');
  // Once it is redriven.
  failure = undefined;
  await handle(eventOf());
  expect(store.items.get(orderId)?.status).toBe('TOLD');
  expect(new Set(sent).size).toBe(1);
});

const call = async (
  handler: HttpFunction,
  role: string,
  body?: object,
): Promise<{ readonly status: number; readonly body: unknown }> => {
  const event = httpEvent({
    headers: { 'content-type': 'application/json' },
    path: { orderId },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    authorizer: { principalId: 'olga', role },
  });
  const reply: HttpReply = await handler(event as HttpEvent, {} as never);
  return { status: reply.statusCode, body: JSON.parse(reply.body) };
};
const audited = () => [...store.items.values()].filter(({ act }) => act === 'resend');

describe('the log of an order', () => {
  const log = () => webhookLog(table(), subscribers);

  test('says what became of each delivery, and neither URL nor body', async () => {
    failure = new DeliveryError('status 503');
    await consumer()(eventOf());
    const { status, body } = await call(log(), 'support');
    expect(status).toBe(200);
    expect(body).toEqual({
      orderId,
      deliveries: [
        {
          subscriber: 'erp',
          webhookId: `${orderId}:order.confirmed`,
          ...{ status: 'PENDING', attempts: 1, resends: 0, lastError: 'status 503' },
          begunAt: '2026-01-01T00:00:00.000Z',
          lastAttemptAt: '2026-01-01T00:00:00.000Z',
        },
      ],
    });
  });

  test('is for the staff, and 404 where nobody was told', async () => {
    expect(await call(log(), 'support')).toMatchObject({ status: 404 });
    await consumer()(eventOf());
    expect(await call(log(), 'customer')).toMatchObject({ status: 403 });
    expect(await call(log(), 'stock')).toMatchObject({ status: 403 });
    for (const role of ['auditor', 'operator'])
      expect(await call(log(), role)).toMatchObject({ status: 200 });
  });
});

describe('to send again', () => {
  const resend = () => resending(table(), teller(), subscribers);
  const wish = { reason: 'their server had lost it' };

  test('sends under the same id, whether it was delivered or not, and is audited', async () => {
    await consumer()(eventOf());
    expect(await call(resend(), 'support', { ...wish, subscriber: 'erp' })).toMatchObject({
      status: 200,
      body: { deliveries: [{ subscriber: 'erp', status: 'DELIVERED', attempts: 2, resends: 1 }] },
    });
    expect(sent).toEqual(['erp.example order.confirmed', 'erp.example order.confirmed']);
    expect(audited()).toMatchObject([
      { by: 'olga', about: [orderId], after: { subscriber: 'erp' }, ...wish },
    ]);
  });

  test('says if it failed, and what was delivered stays delivered', async () => {
    await consumer()(eventOf());
    failure = new DeliveryError('status 500');
    expect(await call(resend(), 'support', wish)).toMatchObject({
      status: 200,
      body: { deliveries: [{ status: 'DELIVERED', attempts: 2, resends: 1, lastError: 'status 500' }] },
    });
  });

  test.each([
    ['of nobody who was told', 'support', { ...wish, subscriber: 'crm' }, 404],
    ['without a reason', 'support', {}, 422],
    ['by a customer', 'customer', wish, 403],
    ['by an auditor', 'auditor', wish, 403],
  ])('%s is refused', async (_, role, body, status) => {
    await consumer()(eventOf());
    expect(await call(resend(), role, body)).toMatchObject({ status });
    expect([sent.length, audited().length]).toEqual([1, 0]);
  });

  test('does nothing where the delivery changes at the same moment, and nothing is audited', async () => {
    await consumer()(eventOf());
    store.beforeWrite = (writes) => ({ ok: false, refusals: writes.map(() => undefined) });
    expect(await call(resend(), 'support', wish)).toMatchObject({ status: 409 });
    expect([sent.length, audited().length]).toEqual([1, 0]);
  });
});

describe('what follows from it', () => {
  test('functions, with the secrets that they need', async () => {
    const { participantFunctions } = await import('../../../infra/functions/participant-functions.ts');
    const { needsOf } = await import('../../../infra/aws/needs.ts');
    const own = participantFunctions(shop).filter(([, { handler }]) =>
      handler.startsWith('functions/webhooks/'),
    );
    expect(own.map(([name]) => name)).toEqual([
      ...['get-webhooks', 'resend-webhooks', 'webhooks', 'webhooks-dead-letters', 'get-webhooks-audit'],
      'count-webhooks-dead-letters',
    ]);
    const needs = own.map(([name, { handler }]) => [name, needsOf(shop, name, handler).secrets] as const);
    const signing = ['webhook-erp', 'webhook-crm'];
    expect(needs.filter(([, used]) => used !== undefined)).toEqual([
      ['resend-webhooks', signing],
      ['webhooks', signing],
    ]);
  });

  test('a table whose records are forgotten with the others', async () => {
    const { tables } = await import('../../../functions/privacy/tables.ts');
    expect(Object.keys(tables).toSorted()).toEqual(services.toSorted());
  });

  test('an API that is described, and in which the linter finds nothing', async () => {
    const { documents } = await import('../../../infra/specs/documents.ts');
    const { 'openapi.json': source = '' } = await documents();
    const { paths } = JSON.parse(source) as { readonly paths: Readonly<Record<string, object>> };
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/orders/{orderId}/webhooks', '/orders/{orderId}/webhooks/resend']),
    );
    const config = await createConfig({ extends: ['recommended-strict'] });
    expect(await lintFromString({ source, absoluteRef: 'openapi.json', config })).toEqual([]);
  }, 60_000);
});
