import {
  type Attributes,
  type Context,
  isSpanContextValid,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

export interface Beginning {
  /** The trace context of what led to it. Without one it begins a trace. */
  readonly parent?: string | undefined;
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  readonly links?: readonly Link[];
}

/** Begins a span of a service. Whoever begins it ends it. */
export const beginSpan = (
  service: string,
  name: string,
  { parent, kind = SpanKind.INTERNAL, attributes = {}, links = [] }: Beginning,
): Span =>
  trace.getTracer(service).startSpan(name, { kind, attributes, links: [...links] }, contextOf(parent));

/**
 * Its trace context; undefined where no exporter could be loaded, so that nothing is recorded.
 * https://www.w3.org/TR/trace-context/#traceparent-header-field-values
 */
export function contextIn(span: Span): string | undefined {
  const { traceId, spanId, traceFlags } = span.spanContext();
  if (!isSpanContextValid({ traceId, spanId, traceFlags })) return undefined;
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/** A link to what has that trace context; none if there is none. */
export const linksTo = (traceparent: string | undefined): readonly Link[] =>
  traceparent === undefined ? [] : [{ context: spanContextOf(traceparent) }];

const contextOf = (traceparent: string | undefined): Context =>
  traceparent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, spanContextOf(traceparent));

function spanContextOf(traceparent: string): SpanContext {
  const [, traceId = '', spanId = '', flags = '0'] = traceparent.split('-');
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}

/** The name of the error only: what it says may be about somebody, and stands in the log under the same trace id. */
export function failSpan(span: Span, error: unknown): void {
  const message = error instanceof Error ? error.name : 'error';
  span.setStatus({ code: SpanStatusCode.ERROR, message }).setAttribute('error.type', message);
}
