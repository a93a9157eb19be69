import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import asyncapi3 from '@asyncapi/specs/schemas/3.1.0.json' with { type: 'json' };
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { open } from '../../../engine/saga/envelope.ts';
import { shop } from '../../../functions/shop.ts';
import { configuredTopology } from '../../../infra/broker/topology.ts';
import { projectDir } from '../../../infra/local/project.ts';

/** Goal: what api/asyncapi.json says of the events is what is sent. Method: it is held against the specification and the code. */
interface Document {
  readonly asyncapi: string;
  readonly channels: Readonly<Record<string, Channel>>;
  readonly operations: Readonly<Record<string, Operation>>;
  readonly components: { readonly messages: Readonly<Record<string, Message>> };
}
interface Channel {
  readonly address: string;
  readonly messages: Readonly<Record<string, object>>;
  readonly bindings: { readonly amqp: { readonly is: string } };
}
interface Operation {
  readonly action: string;
  readonly channel: { readonly $ref: string };
  readonly messages: readonly { readonly $ref: string }[];
}
interface Message {
  readonly examples: readonly [{ readonly payload: object }];
}

const text = readFileSync(join(projectDir, 'api/asyncapi.json'), 'utf8');
const document: Document = JSON.parse(text);
const formats = Object.fromEntries(
  ['uri', 'uri-reference', 'uri-template', 'date-time', 'email', 'regex'].map((name) => [
    name,
    true as const,
  ]),
);

// It brings the meta-schema along.
const specification = new Ajv({ strict: false, formats, meta: false, validateSchema: false }).compile(
  asyncapi3,
);

test('it is AsyncAPI 3', () => {
  expect(specification(document) ? [] : specification.errors).toEqual([]);
  const { hears, ...flawed } = { ...document, hears: 1 };
  expect(hears).toBe(1);
  expect(specification({ ...flawed, operations: { odd: { action: 'shout' } } })).toBe(false);
});

test('every reference leads somewhere', () => {
  const gone = [...text.matchAll(/"\$ref": "#\/([^"]+)"/g)].flatMap(([, path = '']) => {
    const found = path
      .split('/')
      .reduce<unknown>(
        (at, step) => (at as Record<string, unknown> | undefined)?.[step.replaceAll('~1', '/')],
        document,
      );
    return found === undefined ? [path] : [];
  });
  expect(gone).toEqual([]);
});

describe.each(shop.eventTypes)('%s', (type) => {
  const { payload } = document.components.messages[type]?.examples[0] ?? { payload: {} };

  test('has an example, which a participant can read', () => {
    expect(open(shop, Buffer.from(JSON.stringify(payload)))).toMatchObject({ ok: true, event: { type } });
  });

  test('has a schema that accepts the example, and no other publisher', () => {
    const ajv = new Ajv({ strict: false, formats }).addSchema(document, 'asyncapi');
    const validate = ajv.compile({ $ref: `asyncapi#/components/messages/${type}/payload` });
    expect(validate(payload) ? [] : validate.errors).toEqual([]);
    expect(validate({ ...payload, source: 'somebody' })).toBe(false);
    expect(validate({ ...payload, data: 5 })).toBe(false);
  });

  test('is said by its publisher alone, and heard where it is routed to', () => {
    const acting = (action: string, channels: (channel: Channel) => boolean) =>
      Object.entries(document.operations)
        .filter(([, operation]) => operation.action === action)
        .filter(([, { channel }]) => channels(channelAt(channel.$ref)))
        .filter(([, { messages }]) => messages.some(({ $ref }) => $ref.endsWith(`/messages/${type}`)))
        .map(([name]) => name.split('.')[0] ?? '');
    expect(acting('send', ({ bindings }) => bindings.amqp.is === 'routingKey')).toEqual([
      shop.publisherOf(type),
    ]);
    const { bindings } = configuredTopology(shop, {});
    const isFailure = shop.kindOf(type) === 'failure';
    const routed = bindings.filter(({ exchange, routingKey }) =>
      isFailure ? exchange === 'saga.failures' : exchange === 'saga.events' && routingKey === type,
    );
    const services: readonly string[] = shop.services;
    expect(acting('receive', ({ address }) => services.includes(address)).toSorted()).toEqual(
      routed.map(({ queue }) => queue).toSorted(),
    );
  });
});

const channelAt = ($ref: string): Channel => {
  const channel = document.channels[$ref.split('/')[2] ?? ''];
  if (channel === undefined) throw new Error(`there is no ${$ref}`);
  return channel;
};

test('every queue of the broker is a channel', () => {
  const { queues } = configuredTopology(shop, { RETRY_DELAYS: '1s' });
  const addresses = Object.values(document.channels).map(({ address }) => address.replace('{delay}', '1s'));
  expect(queues.map(({ name }) => name).filter((name) => !addresses.includes(name))).toEqual([]);
});
