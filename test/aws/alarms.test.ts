import { describe, expect, test, vi } from 'vitest';
import { inventory } from '../../functions/inventory/inventory.ts';
import { nudge } from '../../functions/order/nudge.ts';
import { order } from '../../functions/order/order.ts';
import { payment } from '../../functions/payment/payment.ts';
import type { Edges } from '../../functions/runtime/edges.ts';
import { participate } from '../../functions/runtime/participate.ts';
import type { RabbitMqEvent } from '../../functions/runtime/rabbitmq-event.ts';
import { StoreUnavailableError } from '../../functions/runtime/store.ts';
import { type Service, services } from '../../functions/saga/choreography.ts';
import { seal } from '../../functions/saga/envelope.ts';
import { parseRetryDelays } from '../../functions/saga/routes.ts';
import { AlarmSettings, isRaised } from '../support/aws/alarm.ts';
import { filter } from '../support/aws/filter-pattern.ts';
import { readTemplate } from '../support/aws/templates.ts';
import { scene } from '../support/engine-runs.ts';
import { facts, orderIdOf } from '../support/facts.ts';
import { orderItem } from '../support/fuzz/saga-items.ts';
import { NOW_MS } from '../support/fuzz/strict-edges.ts';

/**
 * Goal: what the alarms count is what the functions really say. Method: the functions run, and the patterns of the
 * metric filters are held against the bytes they write.
 */
const { Resources: resources } = readTemplate('alarms.yml');

/** The one metric filter on a function's log. */
function filterOf(functionName: string) {
  const [found, ...others] = Object.values(resources)
    .filter(({ Type }) => Type === 'AWS::Logs::MetricFilter')
    .map(({ Properties }) => Properties)
    .filter(({ LogGroupName: name }) => name === `/aws/lambda/order-saga-\${sls:stage}-${functionName}`);
  expect(found).toBeDefined();
  expect(others).toEqual([]);
  return filter(String(found?.FilterPattern));
}

async function linesOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  const written: string[] = [];
  const stdout = vi.spyOn(process.stdout, 'write');
  stdout.mockImplementation((text) => written.push(String(text)) > 0);
  try {
    await work();
  } finally {
    stdout.mockRestore();
  }
  return written;
}

describe('the alarm on dead letters', () => {
  const delays = parseRetryDelays('1s');
  const notAsked = () => Promise.reject(new Error('not asked'));
  const consumers: { readonly [S in Service]: (edges: Edges) => (event: RabbitMqEvent) => Promise<void> } = {
    order: (edges) => participate(order, edges, delays),
    inventory: (edges) => participate(inventory, edges, delays),
    payment: (edges) => participate(payment(notAsked), edges, delays),
  };

  const batch = (service: Service, body: string): RabbitMqEvent => ({
    eventSource: 'aws:rmq',
    eventSourceArn: 'arn:aws:mq:eu-central-1:000000000000:broker:test:b-0',
    rmqMessagesByQueue: {
      [`${service}::/`]: [
        {
          basicProperties: { messageId: 'm', type: null, contentType: null, userId: 'order', headers: null },
          redelivered: false,
          data: Buffer.from(body).toString('base64'),
        },
      ],
    },
  });

  const cancelling = JSON.stringify(
    seal(facts['order.cancelling'], { orderId: orderIdOf(1), nowMs: NOW_MS }),
  );

  test.each(services)('counts what %s parks, and nothing that is tried again', async (service) => {
    const deadLetter = filterOf(service);
    const { edges, store } = scene();
    const parked = await linesOf(() => consumers[service](edges)(batch(service, 'poison')));
    expect(parked.map((line) => deadLetter(line)?.to)).toEqual([`${service}.dead`]);
    store.beforeRead = () => {
      throw new StoreUnavailableError('throttled');
    };
    store.beforeWrite = store.beforeRead.bind(store, []) as typeof store.beforeWrite;
    const retried = await linesOf(() => consumers[service](edges)(batch(service, cancelling)));
    expect(retried.map((line) => JSON.parse(line))).toMatchObject([{ to: service, why: 'throttled' }]);
    expect(retried.map((line) => deadLetter(line))).toEqual([undefined]);
  });

  // Fails with console.*: that is how Lambda's own format, which is the default, has its lines.
  test('finds nothing in a line that something else than JSON begins', () => {
    const line = '{"message":"message not handled","to":"order.dead"}';
    expect(filterOf('order')(line)).toBeDefined();
    expect(filterOf('order')(`2026-01-01T00:00:00.000Z\t6f1b\tWARN\t${line}`)).toBeUndefined();
  });
});

describe('the alarm on orders that do not end', () => {
  const age = filterOf('nudge-orders');
  const alarm = AlarmSettings.parse(resources.OrdersOverdue?.Properties);
  const minute = 60_000;
  const deadlineMs = () => 15 * minute;
  const idle = async () => 0;
  const agesIn = (lines: readonly string[]) => lines.flatMap((line) => age(line)?.ageSeconds ?? []);
  const waiting = Array.from({ length: 3 }, (_, number) => orderItem(orderIdOf(number), 'PENDING'));

  test.each([
    ['nudges', idle, 'up'],
    ['nudges nobody, for the queues are long', async () => 1_001, 'up'],
    ['cannot ask how long the queues are', () => Promise.reject(new Error('the broker is down')), 'down'],
    ['is not heard', idle, 'down'],
  ])('is told the age at a run that %s', async (_, backlog, broker) => {
    const { edges, publisher } = scene(waiting, () => NOW_MS + 5 * minute);
    if (broker === 'down') publisher.refuses = () => new Error('the broker is down');
    const lines = await linesOf(() => nudge(edges, deadlineMs, backlog)().catch(() => {}));
    expect(agesIn(lines)).toEqual([5 * 60 + 2]);
  });

  test('is told 0 when nothing is overdue', async () => {
    const { edges } = scene(waiting, () => NOW_MS);
    expect(agesIn(await linesOf(nudge(edges, deadlineMs, idle)))).toEqual([0]);
  });

  /** What the schedule says of an order that nothing answers for, and then of none. */
  async function agesByMinute(stuck: number, quiet: number): Promise<readonly (number | undefined)[]> {
    let nowMs = NOW_MS;
    const { edges, store } = scene([orderItem(orderIdOf(1), 'PENDING')], () => nowMs);
    const run = nudge(edges, deadlineMs, idle);
    const ages: (number | undefined)[] = [];
    for (let minutes = 1; minutes <= stuck + quiet; minutes += 1) {
      if (minutes > stuck) store.items.clear();
      nowMs = NOW_MS + minutes * minute;
      ages.push(...(agesIn(await linesOf(run)) as number[]));
    }
    return ages;
  }

  // Fails where several reports in a row are wanted: a cancelling order is asked about less and less often.
  test('is raised after ten minutes, and stays until the order has ended', async () => {
    const [stuck, quiet] = [10 * 60, 2 * 60];
    const ages = await agesByMinute(stuck, quiet);
    expect(ages).toHaveLength(stuck + quiet);
    const states = ages.map((_, end) => isRaised(alarm, ages.slice(0, end + 1)));
    const raised = states.indexOf(true);
    expect([raised >= 9, raised <= 15]).toEqual([true, true]);
    expect(states.slice(raised, stuck)).not.toContain(false);
    expect(states.at(-1)).toBe(false);
  });
});
