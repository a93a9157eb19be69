import { trace } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Outside, startHttp } from '../../support/bounds/outside.ts';

/**
 * Goal: whoever gets the spans holds up nobody. Method: a collector that takes them and never answers.
 */
let outside: Outside;
let tracing: typeof import('../../../engine/tracing/tracing.ts');
let memory: typeof import('../../support/shop-in-memory.ts');
beforeAll(async () => {
  outside = await startHttp('mute');
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', outside.url);
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  memory = await import('../../support/shop-in-memory.ts');
  tracing = await import('../../../engine/tracing/tracing.ts');
  await tracing.tracingBegun();
}, 60_000);
afterAll(async () => {
  trace.disable();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await outside.end();
});

async function millisecondsOf(act: () => Promise<unknown>): Promise<number> {
  const beganMs = performance.now();
  await act();
  return performance.now() - beganMs;
}

/** A busy machine is late, too. */
const SLACK_MS = 1_000;

test('a function with no time left waits for nobody', async () => {
  trace.getTracer('any').startSpan('any').end();
  expect(await millisecondsOf(() => tracing.flushSpans(500))).toBeLessThan(SLACK_MS);
});

// Fails where each function waits: an order takes four invocations, so forty of them would wait for half a minute.
test('forty orders wait for a mute collector once', async () => {
  const shop = new memory.ShopInMemory();
  const placeAll = async () => {
    for (let count = 0; count < 40; count += 1) await shop.place();
  };
  expect(await millisecondsOf(placeAll)).toBeLessThan(20_000);
  const orders = [...shop.stores.order.items.values()].filter(({ status }) => status === 'CONFIRMED');
  expect(orders).toHaveLength(40);
}, 60_000);
