import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CALL_TIMEOUT_MS } from '../../engine/batch/time-left.ts';
import { consume } from '../../engine/consumer/consume.ts';
import { ATTEMPTS_HEADER } from '../../engine/consumer/rabbitmq-event.ts';
import { seal } from '../../engine/saga/envelope.ts';
import { parseRetryDelays } from '../../engine/saga/routes.ts';
import { payment } from '../../functions/payment/payment.ts';
import { liveProvider } from '../../functions/payment/provider.ts';
import { payments } from '../../functions/payment/table.ts';
import { shop } from '../../functions/shop.ts';
import { scene } from '../support/engine-runs.ts';
import { facts, orderIdOf } from '../support/facts.ts';
import { SandboxUnderTest } from '../support/payment-sandbox.ts';

/**
 * Goal: a provider that does not answer for one order holds up its batch for one call, however many copies of the order's
 * message are in it. Method: Stripe's client and the sandbox, and between them a server that says nothing of one order.
 */
const MUTE = orderIdOf(0);
const OTHERS = Array.from({ length: 20 }, (_, index) => orderIdOf(index + 1));
const COPIES = 6;
/** What the database and the broker, which are in memory here, may take of a busy machine. */
const SLACK_MS = 2_000;

let sandbox: SandboxUnderTest;
let between: Server;
let asked = 0;

beforeAll(async () => {
  sandbox = await new SandboxUnderTest().start();
  between = createServer((request, response) => {
    passOn(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
  process.env.STRIPE_API_BASE = `http://127.0.0.1:${(between.address() as AddressInfo).port}`;
  process.env.STRIPE_SECRET_KEY = 'sk_test_mute';
  process.env.PAYMENT_RATE_LIMIT = 'none';
  process.env.PAYMENT_ENDPOINT_RATE_LIMIT = 'none';
});
afterAll(async () => {
  between?.closeAllConnections();
  between?.close();
  await sandbox?.end();
});

/** To the sandbox, and its answer back; unless it is about the order of which nothing is said. */
async function passOn(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const sent = await text(request);
  if (sent.includes(MUTE)) {
    asked += 1;
    return;
  }
  const { method = 'GET', url = '/', headers } = request;
  const reply = await fetch(`${sandbox.url}${url}`, {
    method,
    headers: {
      authorization: String(headers.authorization),
      'content-type': String(headers['content-type']),
      'idempotency-key': String(headers['idempotency-key']),
    },
    ...(method === 'GET' ? {} : { body: sent }),
  });
  response.writeHead(reply.status, { 'content-type': 'application/json' }).end(await reply.text());
}

function message(sagaId: ReturnType<typeof orderIdOf>, attempts: number) {
  const body = JSON.stringify(
    seal(shop, facts['stock.reserved'], { sagaId, nowMs: Date.parse('2026-01-01T00:00:00Z') }),
  );
  return {
    basicProperties: {
      messageId: `${sagaId}:stock.reserved`,
      type: null,
      contentType: null,
      userId: 'inventory',
      headers: { [ATTEMPTS_HEADER]: attempts },
    },
    redelivered: false,
    data: Buffer.from(body).toString('base64'),
  };
}

// Fails where each copy asks by itself, one after another: six calls of five seconds outlast the function.
test('six copies of a message that gets no answer, and twenty other orders, end within one call’s time', async () => {
  const here = scene([], Date.now);
  const handle = consume(payment(liveProvider()), here.edges, parseRetryDelays('1s,5s'));
  const copies = Array.from({ length: COPIES }, (_, index) => message(MUTE, index % 2));
  const beganMs = performance.now();
  await handle({
    eventSource: 'aws:rmq',
    eventSourceArn: 'arn:aws:mq:eu-central-1:000000000000:broker:test:b-0',
    rmqMessagesByQueue: { 'payment::/': [...copies, ...OTHERS.map((orderId) => message(orderId, 0))] },
  });
  expect(performance.now() - beganMs).toBeLessThan(CALL_TIMEOUT_MS + SLACK_MS);
  expect(asked).toBe(1);
  const statuses = OTHERS.map((orderId) => here.store.items.get(payments.key(orderId))?.status);
  expect(statuses).toEqual(OTHERS.map(() => 'CAPTURED'));
  // Each copy comes again, and has as many attempts left as if it had come alone.
  const retried = here.publisher.published.filter(({ messageId }) => messageId.startsWith(MUTE));
  expect(retried.map(({ exchange, headers }) => [exchange, headers?.[ATTEMPTS_HEADER]])).toEqual(
    copies.map((_, index) => (index % 2 === 0 ? ['payment.retry.1s', 1] : ['payment.retry.5s', 2])),
  );
});
