import * as z from 'zod';
import type { AnyFact } from './declaration.ts';
import { explain } from './explain.ts';
import type { SagaId } from './ids.ts';
import { isoTime } from './iso-time.ts';
import { perSaga } from './per-saga.ts';
import type { Saga } from './saga.ts';

/**
 * CloudEvents 1.0, structured JSON. The body holds everything a consumer needs, because Lambda's event source mapping
 * for Amazon MQ passes on neither exchange nor routing key.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
 */
export const CONTENT_TYPE = 'application/cloudevents+json';

/** W3C trace context, https://www.w3.org/TR/trace-context/ */
export const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * The trace context of a sealed event, read from its body without parsing that. `seal` writes it before the data, whose
 * texts have their quotes escaped.
 */
export const traceparentIn = (body: string): string | undefined => IN_BODY.exec(body)?.[1];
const IN_BODY = /"traceparent":"(00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2})"/;

/** What all spans of a trace have in common. */
export const traceIdIn = (traceparent: string | undefined): string | undefined => traceparent?.slice(3, 35);

/** Whatever the event, all that is around its data. */
export const envelopeOf = perSaga(({ id }) =>
  z.object({
    specversion: z.literal('1.0'),
    id: z.string().min(1).max(255),
    source: z.string(),
    type: z.string(),
    subject: id.schema,
    time: z.iso.datetime(),
    datacontenttype: z.literal('application/json').optional(),
    dataschema: z.string(),
    traceparent: z.string().regex(TRACEPARENT).optional(),
    data: z.unknown(),
  }),
);

export type SagaEvent<Fact extends AnyFact = AnyFact> = Fact & {
  readonly specversion: '1.0';
  /** Deterministic: a saga says each event type once, so a repeat carries the same id. */
  readonly id: string;
  /** The service that says it. */
  readonly source: string;
  readonly subject: SagaId;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly dataschema: string;
  readonly traceparent?: string | undefined;
};

export interface Occasion {
  readonly sagaId: SagaId;
  readonly nowMs: number;
  readonly traceparent?: string | undefined;
}

export const eventId = (sagaId: SagaId, type: string): string => `${sagaId}:${type}`;

/** Each event type has its own versions. */
const schemaOf = (saga: Saga, type: string): string => `${schemaPrefix(saga, type)}${saga.versionOf(type)}`;
const schemaPrefix = (saga: Saga, type: string): string => `urn:${saga.name}:${type}:v`;

/** Puts a fact into its envelope. The same fact of the same saga always has the same id. */
export function seal(saga: Saga, fact: AnyFact, { sagaId, nowMs, traceparent }: Occasion): SagaEvent {
  return {
    specversion: '1.0',
    id: eventId(sagaId, fact.type),
    source: saga.publisherOf(fact.type),
    subject: sagaId,
    time: isoTime(nowMs),
    datacontenttype: 'application/json',
    dataschema: schemaOf(saga, fact.type),
    ...(traceparent === undefined ? {} : { traceparent }),
    ...fact,
  };
}

export type Opened<Fact extends AnyFact = AnyFact> =
  | { readonly ok: true; readonly event: SagaEvent<Fact> }
  | { readonly ok: false; readonly reason: string };

const refused = (reason: string): Opened<never> => ({ ok: false, reason });

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads a message body. A body that it refuses can never succeed, so it becomes a dead letter with this reason. */
export function open<Fact extends AnyFact>(saga: Saga<Fact>, body: Uint8Array): Opened<Fact> {
  let json: unknown;
  try {
    json = JSON.parse(utf8.decode(body));
  } catch {
    return refused('not JSON in UTF-8');
  }
  const envelope = envelopeOf(saga).safeParse(json);
  if (!envelope.success) return refused(`not a CloudEvent of the saga: ${explain(envelope.error)}`);
  const { data, source, dataschema, type } = envelope.data;
  if (!saga.eventTypes.includes(type)) {
    return refused(`unknown event type ${JSON.stringify(type.slice(0, 80))}`);
  }
  if (source !== saga.publisherOf(type))
    return refused(`${type} does not come from ${JSON.stringify(source)}`);
  const reading = saga.readFact(type, versionIn(dataschema, saga, type), data);
  switch (reading.kind) {
    case 'unknown version':
      return refused(`${type} in an unknown version: ${JSON.stringify(dataschema.slice(0, 80))}`);
    case 'flawed':
      return refused(`${type} fails its schema: ${explain(reading.error)}`);
    case 'read': {
      const { fact } = reading;
      return {
        ok: true,
        event: {
          ...envelope.data,
          ...fact,
          source: saga.publisherOf(type),
          datacontenttype: 'application/json',
        },
      };
    }
    default:
      return reading satisfies never;
  }
}

/** NaN if it is not a version of this type. */
function versionIn(dataschema: string, saga: Saga, type: string): number {
  if (dataschema === schemaOf(saga, type)) return saga.versionOf(type);
  const prefix = schemaPrefix(saga, type);
  const version = dataschema.startsWith(prefix) ? dataschema.slice(prefix.length) : '';
  return /^[1-9]\d{0,5}$/.test(version) ? Number(version) : Number.NaN;
}
