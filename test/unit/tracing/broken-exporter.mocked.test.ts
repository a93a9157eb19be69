import { trace } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

/** Goal: what the SDK cannot do with spans is no fault of the batch that they are of. Method: an exporter that throws. */
vi.mock('@opentelemetry/exporter-trace-otlp-http', () => ({
  OTLPTraceExporter: class {
    export(): never {
      throw new TypeError('a span that cannot be written');
    }
  },
}));

let tracing: typeof import('../../../engine/tracing/tracing.ts');
const lines: string[] = [];
beforeAll(async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:9');
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  tracing = await import('../../../engine/tracing/tracing.ts');
  await tracing.tracingBegun();
}, 60_000);
afterAll(() => {
  trace.disable();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

// Fails where it goes through: a batch that is settled would fail, and come again.
test('an exporter that throws loses the spans, says so, and fails nobody', async () => {
  trace.getTracer('any').startSpan('any').end();
  await tracing.flushSpans(20_000);
  expect(lines.join('')).toMatch(/"spans lost","lost":1,"error":"TypeError: a span that cannot be written"/);
});
