import * as z from 'zod';
import { publisherOf, type Service } from './choreography.ts';
import { type EventType, eventTypes, type Fact, schemas } from './events.ts';
import { OrderId } from './ids.ts';
import { isoTime } from './iso-time.ts';

/**
 * CloudEvents 1.0, structured JSON. Everything a consumer needs is in the body, because Lambda's event source
 * mapping for Amazon MQ delivers neither exchange nor routing key.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
 */
export const CONTENT_TYPE = 'application/cloudevents+json';

const SCHEMA_VERSION = 1;

/** W3C trace context, https://www.w3.org/TR/trace-context/ */
export const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

const Envelope = z.object({
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(255),
  source: z.string(),
  type: z.string(),
  subject: OrderId,
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json').optional(),
  dataschema: z.string(),
  traceparent: z.string().regex(TRACEPARENT).optional(),
  data: z.unknown(),
});

export type SagaEvent<T extends EventType = EventType> = Fact<T> & {
  readonly specversion: '1.0';
  /** Deterministic: a saga says each event type once, so a repeat carries the same id. */
  readonly id: string;
  readonly source: Service;
  readonly subject: OrderId;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly dataschema: string;
  readonly traceparent?: string | undefined;
};

export interface Occasion {
  readonly orderId: OrderId;
  readonly nowMs: number;
  readonly traceparent?: string | undefined;
}

export const eventId = (orderId: OrderId, type: EventType): string => `${orderId}:${type}`;

const schemaOf = (type: EventType, version: number): string => `urn:order-saga:${type}:v${version}`;

/** Puts a fact into the envelope it travels in. The same fact of the same order always has the same id. */
export function seal(fact: Fact, { orderId, nowMs, traceparent }: Occasion): SagaEvent {
  return {
    specversion: '1.0',
    id: eventId(orderId, fact.type),
    source: publisherOf(fact.type),
    subject: orderId,
    time: isoTime(nowMs),
    datacontenttype: 'application/json',
    dataschema: schemaOf(fact.type, SCHEMA_VERSION),
    ...(traceparent === undefined ? {} : { traceparent }),
    ...fact,
  };
}

export type Opened =
  | { readonly ok: true; readonly event: SagaEvent }
  | { readonly ok: false; readonly reason: string };

const refused = (reason: string): Opened => ({ ok: false, reason });

function explain(error: z.ZodError): string {
  return error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.join('.') || '(root)'}: ${issue.message}`)
    .join('; ');
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads a message body. What it refuses can never succeed later, so its reason goes to the parking queue. */
export function open(body: Uint8Array): Opened {
  let json: unknown;
  try {
    json = JSON.parse(utf8.decode(body));
  } catch {
    return refused('not JSON in UTF-8');
  }
  const envelope = Envelope.safeParse(json);
  if (!envelope.success) return refused(`not a CloudEvent of the saga: ${explain(envelope.error)}`);
  const { data, source, dataschema, type: name } = envelope.data;
  const type = eventTypes.find((known) => known === name);
  if (type === undefined) return refused(`unknown event type ${JSON.stringify(name.slice(0, 80))}`);
  if (dataschema !== schemaOf(type, SCHEMA_VERSION)) {
    return refused(`${type} in an unknown version: ${JSON.stringify(dataschema.slice(0, 80))}`);
  }
  if (source !== publisherOf(type)) return refused(`${type} does not come from ${JSON.stringify(source)}`);
  const parsed = schemas[type].safeParse(data);
  if (!parsed.success) return refused(`${type} fails its schema: ${explain(parsed.error)}`);
  const fact = { type, data: parsed.data } as Fact;
  return {
    ok: true,
    event: { ...envelope.data, ...fact, source: publisherOf(type), datacontenttype: 'application/json' },
  };
}
