import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type HttpEvent, headerOf, traceparentOf } from '../../engine/http/http.ts';
import { jsonBody } from '../../engine/http/json-body.ts';
import { asCalled } from '../../engine/http/location.ts';
import { repeatedMember } from '../../engine/http/member-names.ts';
import { Problem } from '../../engine/http/problem.ts';
import { foundBy, httpEvent } from '../support/http-event.ts';

const Body = z.strictObject({
  items: z.array(z.strictObject({ sku: z.string(), quantity: z.int().min(1) })),
  note: z.record(z.string(), z.number()).optional(),
});
const body = { items: [{ sku: 'mug', quantity: 1 }] };
const JSON_TYPE = 'application/json';

const bodyOf = (event: HttpEvent) => foundBy(jsonBody(Body), event).body;

const send = (content: unknown, contentType: string | undefined = JSON_TYPE) =>
  bodyOf(
    httpEvent({
      headers: contentType === '' ? {} : { 'Content-Type': contentType },
      body: typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content),
    }),
  );

function problem(call: () => unknown): Problem {
  try {
    call();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('no problem');
}

describe('a body', () => {
  test.each([JSON_TYPE, 'Application/JSON', 'application/json; charset=utf-8', 'application/json ;x=1'])(
    'is read as %s',
    (contentType) => {
      expect(send(body, contentType)).toEqual(body);
    },
  );

  test('is read from base64 where the gateway took it for binary', () => {
    expect(send(Buffer.from(JSON.stringify(body)))).toEqual(body);
  });

  test('reads the same as a text and as bytes, whatever it is', () => {
    const outcome = (content: string | Buffer) => {
      try {
        return foundBy(
          jsonBody(z.unknown()),
          httpEvent({ headers: { 'content-type': JSON_TYPE }, body: content }),
        );
      } catch (error) {
        if (error instanceof Problem) return { type: error.type, detail: error.message };
        throw error;
      }
    };
    const character = fc.constantFrom('"', '{', '}', 'é', '€', '😀', '\ud800', '\udc00', '\ufeff', '\0', ' ');
    const text = fc.oneof(
      fc.json(),
      fc.string({ unit: character }),
      fc.json().map((json) => `\ufeff${json}`),
    );
    const quoted = fc
      .string({ unit: character })
      .map((inner) => JSON.stringify(inner).replaceAll('\\ud', '\ud800'));
    fc.assert(
      fc.property(fc.oneof(text, quoted), (content) => {
        expect(outcome(content)).toEqual(outcome(Buffer.from(content, 'utf8')));
      }),
    );
    expect(outcome('\ufeff"a\ud800"')).toEqual({ sent: 'a\ufffd', body: 'a\ufffd' });
  });

  test.each([
    '',
    'text/plain',
    'application/jsonp',
    'text/json',
    'application/x-www-form-urlencoded',
    'application/cloudevents+json',
  ])('of the media type "%s" is refused with 415', (contentType) => {
    expect(problem(() => send(body, contentType)).type).toBe('unsupported-media-type');
  });

  test('of 64 KiB is read, and one byte more is refused with 413', () => {
    const padded = (bytes: number) => JSON.stringify(body).padEnd(bytes, ' ');
    expect(send(padded(65_536))).toEqual(body);
    expect(problem(() => send(padded(65_537))).type).toBe('too-large');
    // Bytes count, not characters: these are three bytes each.
    expect(problem(() => send('€'.repeat(30_000))).type).toBe('too-large');
    expect(problem(() => send(Buffer.alloc(65_537, 32))).type).toBe('too-large');
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '{"items":'],
    ['Latin-1', Buffer.from('{"items":[],"note":"ü"}', 'latin1')],
    ['thirty thousand open brackets', '['.repeat(30_000)],
  ])('that is %s is refused with 400', (_what, content) => {
    expect(problem(() => send(content)).type).toBe('bad-request');
  });

  test('that is absent is refused with 400', () => {
    expect(problem(() => bodyOf(httpEvent({ headers: { 'content-type': JSON_TYPE } }))).type).toBe(
      'bad-request',
    );
  });
});

test('a header that some gateway made a list of is none', () => {
  const event = { headers: { 'Idempotency-Key': ['a', 'b'], traceparent: 'c' } } as unknown as HttpEvent;
  expect(headerOf(event, 'idempotency-key')).toBeUndefined();
  expect(headerOf(event, 'traceparent')).toBe('c');
});

test('a trace context is read if it is one', () => {
  const valid = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  expect(traceparentOf(httpEvent({ headers: { Traceparent: valid } }))).toBe(valid);
  expect(traceparentOf(httpEvent({ headers: { traceparent: `${valid}-x` } }))).toBeUndefined();
  expect(traceparentOf(httpEvent({}))).toBeUndefined();
});

describe('content that is not valid is refused with 422 and a JSON Pointer to each flaw', () => {
  const pointersOf = (content: unknown): readonly string[] => {
    const { type, flaws } = problem(() => send(content));
    expect(type).toBe('invalid-content');
    for (const { detail } of flaws) expect(detail).not.toBe('');
    return flaws.map(({ pointer }) => pointer);
  };

  test.each([
    ['the whole body', 7, ['']],
    ['a member that is missing', {}, ['/items']],
    ['a member that nobody knows', { ...body, total: 1 }, ['/total']],
    ['a member of a line', { items: [{ sku: 'mug', quantity: 0 }] }, ['/items/0/quantity']],
    [
      'two of them',
      {
        items: [
          { sku: 1, quantity: 1 },
          { sku: 'mug', quantity: 0.5 },
        ],
      },
      ['/items/0/sku', '/items/1/quantity'],
    ],
    ['a name with ~ and /', { ...body, note: { 'a/b~c': 'x' } }, ['/note/a~1b~0c']],
  ])('%s', (_what, content, pointers) => {
    expect(pointersOf(content)).toEqual(pointers);
  });

  test('but not to a thousand of them', () => {
    expect(pointersOf({ items: Array(1_000).fill(0) })).toHaveLength(20);
  });

  test('and a prototype in it is a member that nobody knows', () => {
    expect(pointersOf('{"items":[],"__proto__":{"role":"operator"}}')).toEqual(['/__proto__']);
  });
});

describe('a member that comes twice', () => {
  // Fails where the last one wins: what a proxy has checked is not what is ordered.
  test.each([
    ['at the top', '{"items":[],"items":[{"sku":"mug","quantity":1}]}', 'items'],
    ['deep inside', '{"items":[{"sku":"mug","quantity":1,"sku":"pen"}]}', 'sku'],
    ['by another spelling', '{"items":[],"it\\u0065ms":[]}', 'items'],
    ['with white space', '{ "a" : 1 , "b" : {} , "a" :2}', 'a'],
  ])('%s is refused', (_, text, name) => {
    const { type, message } = problem(() => send(text));
    expect({ type, message }).toEqual({
      type: 'bad-request',
      message: `The body has the member "${name}" twice: send it once.`,
    });
  });

  test('in two objects is none', () => {
    expect(repeatedMember('[{"a":{"a":1}},{"a":"a","b":["a","a",{"a":":\\"a\\":"}]}]')).toBeUndefined();
  });

  test('is found in whatever has one, and in nothing else', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(repeatedMember(text)).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(fc.string(), fc.json(), fc.json(), (name, one, other) => {
        const member = JSON.stringify(name);
        expect(repeatedMember(`[{${member}:${one},${member}:${other}}]`)).toBe(name);
      }),
    );
  });
});

describe('a location', () => {
  const event = (resource: string, path: string, pathParameters: Record<string, string> | null = null) =>
    ({ ...httpEvent({}), resource, pathParameters, requestContext: { path } }) as unknown as HttpEvent;

  test.each([
    ['without a stage', event('/orders', '/orders'), '/orders/1'],
    ['behind a stage', event('/orders', '/prod/orders'), '/prod/orders/1'],
    ['with a slash at its end', event('/orders', '/prod/orders/'), '/prod/orders/1'],
    ['behind a base path', event('/orders', '/shop/v1/orders'), '/shop/v1/orders/1'],
    [
      'of what has an id in its path',
      event('/orders/{orderId}/cancel', '/prod/orders/1/cancel', { orderId: '1' }),
      '/prod/orders/1',
    ],
    ['of an event that was made by hand', httpEvent({}), '/orders/1'],
  ])('%s leads back to where the caller came', (_, called, location) => {
    expect(asCalled(called, '/orders/1')).toBe(location);
  });
});
