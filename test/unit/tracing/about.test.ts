import { afterEach, expect, test, vi } from 'vitest';
import { consume } from '../../../engine/consumer/consume.ts';
import { seal } from '../../../engine/saga/envelope.ts';
import { parseRetryDelays } from '../../../engine/saga/routes.ts';
import { payment } from '../../../functions/payment/payment.ts';
import { tellingDeclines } from '../../../functions/payment/tell-declines.ts';
import { scene } from '../../support/engine-runs.ts';
import { facts, orderIdOf } from '../../support/facts.ts';
import { httpEvent } from '../../support/http-event.ts';
import { alice, ShopInMemory } from '../../support/shop-in-memory.ts';
import { place, threeServices as shop } from '../../support/three-services.ts';

/** Goal: whoever reads a line knows of which order, trace and request it is. Method: the lines of all that can fail. */
const traceId = 'a'.repeat(32);
const traceparent = `00-${traceId}-${'b'.repeat(16)}-01`;
const orderId = orderIdOf(1);

afterEach(() => {
  vi.restoreAllMocks();
});

function catchAll(): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(JSON.parse(String(text))) > 0);
  return lines;
}

const sealed = JSON.stringify(
  seal(shop, facts['stock.reserved'], {
    sagaId: orderId,
    nowMs: Date.parse('2026-01-01T00:00:00Z'),
    traceparent,
  }),
);
const delivered = (body: string, messageId: string) => ({
  basicProperties: { messageId, type: null, contentType: null, userId: 'inventory', headers: null },
  redelivered: false,
  data: Buffer.from(body).toString('base64'),
});

test('the lines of a batch: of each message its order and trace, and of all of them the request', async () => {
  const lines = catchAll();
  const fails = async () => {
    throw new Error('no answer');
  };
  const refuses = { prepare: fails, call: fails, undo: fails, observe: fails };
  const handle = consume(payment(tellingDeclines(refuses)), scene().edges, parseRetryDelays('1s'));
  await handle(
    {
      eventSource: 'aws:rmq',
      eventSourceArn: 'arn:aws:mq:eu-central-1:000000000000:broker:test:b-0',
      rmqMessagesByQueue: {
        'payment::/': [delivered(sealed, `${orderId}:stock.reserved`), delivered('poison', 'of nobody')],
      },
    },
    { awsRequestId: 'request-1' } as object,
  );
  const told = lines.map(({ message, orderId: of, traceId: within, requestId }) => [
    message,
    of,
    within,
    requestId,
  ]);
  expect(told).toEqual(
    expect.arrayContaining([
      ['outside asked', orderId, traceId, 'request-1'],
      ['message handled', orderId, traceId, 'request-1'],
      ['message not handled', orderId, traceId, 'request-1'],
      ['message not handled', undefined, undefined, 'request-1'],
    ]),
  );
  expect(told).toHaveLength(4);
});

test('the lines of a request: its order, its caller’s trace, and its id in the access log', async () => {
  const here = new ShopInMemory();
  here.stores.order.beforeWrite = () => {
    throw new Error('about nobody');
  };
  const lines = catchAll();
  const event = httpEvent({
    headers: { 'content-type': 'application/json', 'idempotency-key': 'key-of-alice', traceparent },
    body: JSON.stringify({ items: [{ sku: 'mug', quantity: 1 }], paymentMethod: 'pm_card_visa' }),
    authorizer: alice,
  });
  Object.assign(event.requestContext, { requestId: 'request-2' });
  await place(here.edges('order'))(event, {} as never);
  expect(lines).toMatchObject([
    { message: 'unexpected error', traceId, orderId: expect.stringMatching(/^ord_/), requestId: 'request-2' },
  ]);
});
