import { trace } from '@opentelemetry/api';
import { log } from '../environment/log.ts';

/** What spans leave by. */
interface Exporting {
  readonly flush: (waitMs: number) => Promise<void>;
}

/**
 * Whether anybody wants spans. Where nobody does, none is made, and the SDK is never loaded.
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp
 */
export const isTracing = Boolean(process.env.OTEL_EXPORTER_OTLP_ENDPOINT);

/** Begun with the environment, not with its first message. */
const exporting: Promise<Exporting | undefined> = isTracing ? load() : Promise.resolve(undefined);

/** A function does its work without spans rather than not at all. */
async function load(): Promise<Exporting | undefined> {
  try {
    const { startExporting } = await import('./otlp.ts');
    return startExporting((provider) => trace.setGlobalTracerProvider(provider));
  } catch (error) {
    log('warn', 'no spans: the exporter cannot be loaded', { error: String(error) });
    return undefined;
  }
}

/** Resolves once spans are recorded. Whoever begins one asks `isTracing` first. */
export const tracingBegun = async (): Promise<void> => void (await exporting);

/** The longest that anybody waits for a collector. */
const FLUSH_MS = 200;
/** What is kept of a function's time, so that it is never killed for its spans. */
const KEPT_MS = 1_000;

/**
 * Sends the spans that have ended. Called when all is settled: an environment may be frozen as soon as its function returns.
 * It waits `FLUSH_MS` at most, within `leftMs`, the time until the function is killed. After a collector that was slower
 * than that nobody waits for some time. Never throws.
 */
export async function flushSpans(leftMs = Number.POSITIVE_INFINITY): Promise<void> {
  if (!isTracing) return;
  await (await exporting)?.flush(Math.max(0, Math.min(FLUSH_MS, leftMs - KEPT_MS)));
}
