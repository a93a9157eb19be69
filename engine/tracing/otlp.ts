import type { TracerProvider as Tracers } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  type ReadableSpan,
  type SpanExporter,
  type SpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { log } from '../environment/log.ts';
import { cloudWatchRegionOf } from './cloudwatch.ts';
import { signedExporter } from './signed-exporter.ts';

/** One request takes no longer, in the background. The SDK's own timeout is of silence: an answer may come a byte at a time. */
const EXPORT_TIMEOUT_MS = 2_000;
/** Requests that were given up, and may not have ended. */
const MAX_REQUESTS = 4;
/** So long nobody waits for a collector that was too slow. */
const QUIET_MS = 30_000;
/** So many spans wait to be sent, some hundred bytes each. Those beyond are dropped, and counted. */
const MAX_WAITING = 4_096;

/**
 * The only module that knows the SDK: it is imported where OTEL_EXPORTER_OTLP_ENDPOINT is set, and nowhere else. Every
 * service is a resource of its own, also where several share a process.
 */
export function startExporting(register: (tracers: Tracers) => void): Outgoing {
  const outgoing = new Outgoing(exporterTo(process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? ''));
  const providers = new Map<string, TracerProvider>();
  const providerOf = (service: string): TracerProvider => {
    const resource = resourceFromAttributes({ 'service.name': service });
    const provider = providers.get(service) ?? new TracerProvider({ resource, spanProcessors: [outgoing] });
    providers.set(service, provider);
    return provider;
  };
  register({ getTracer: (service) => providerOf(service).getTracer('saga-engine') });
  return outgoing;
}

function exporterTo(endpoint: string): SpanExporter {
  const region = cloudWatchRegionOf(endpoint);
  return region === undefined
    ? new OTLPTraceExporter({ timeoutMillis: EXPORT_TIMEOUT_MS, concurrencyLimit: MAX_REQUESTS })
    : signedExporter({ endpoint, region, timeoutMs: EXPORT_TIMEOUT_MS });
}

/** Keeps the spans that have ended, and sends them when it is told to. One request at a time. */
class Outgoing implements SpanProcessor {
  readonly #exporter: SpanExporter;
  readonly #waiting: ReadableSpan[] = [];
  #dropped = 0;
  #sending: Promise<void> | undefined;
  #quietUntilMs = 0;

  constructor(exporter: SpanExporter) {
    this.#exporter = exporter;
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push(span);
    else this.#dropped += 1;
  }

  /** Resolves when the spans are sent, after `waitMs` at the latest, and at once while the collector is slow. */
  async flush(waitMs: number): Promise<void> {
    const sent = this.#send();
    const timer = Promise.withResolvers<'late'>();
    if (performance.now() < this.#quietUntilMs) return;
    const waiting = setTimeout(() => timer.resolve('late'), waitMs);
    if ((await Promise.race([sent, timer.promise])) === 'late')
      this.#quietUntilMs = performance.now() + QUIET_MS;
    clearTimeout(waiting);
  }

  /** One request at a time: what ends meanwhile leaves with the next one. */
  #send(): Promise<void> {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) await this.#export(this.#waiting.splice(0));
  }

  async #export(spans: readonly ReadableSpan[]): Promise<void> {
    const error = await new Promise<Error | undefined>((resolve) => {
      const late = () => resolve(new Error(`no answer within ${EXPORT_TIMEOUT_MS} ms`));
      const timer = setTimeout(late, EXPORT_TIMEOUT_MS);
      const ended = (cause: Error | undefined): void => {
        clearTimeout(timer);
        resolve(cause);
      };
      try {
        this.#exporter.export([...spans], ({ code, error: cause }) =>
          ended(code === 0 ? undefined : (cause ?? new Error('the collector refused them'))),
        );
      } catch (cause) {
        // What cannot be put into the collector's format is lost, and nothing else.
        ended(cause instanceof Error ? cause : new Error(String(cause)));
      }
    });
    if (error === undefined && this.#dropped === 0) return;
    const lost = (error === undefined ? 0 : spans.length) + this.#dropped;
    this.#dropped = 0;
    log('info', 'spans lost', { lost, ...(error === undefined ? {} : { error: String(error) }) });
  }

  async forceFlush(): Promise<void> {
    await this.#send();
  }

  async shutdown(): Promise<void> {
    await this.#exporter.shutdown();
  }
}
