import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { HttpEvent } from '../../engine/http/http.ts';
import { cursor, encodeCursor, limit } from '../../engine/http/paging.ts';
import { foundBy, httpEvent, problemOf } from '../support/http-event.ts';

const withLimit = (limit: string) => httpEvent({ query: { limit } });
const withCursor = (cursor: string) => httpEvent({ query: { cursor } });
const Position = z.object({ orderId: z.string(), createdAtMs: z.int() });
const limitOf = (event: HttpEvent, max?: number) => foundBy(limit(max), event).limit;
const positionOf = (event: HttpEvent) => foundBy(cursor(Position), event).cursor;

describe('a page’s limit', () => {
  test('has a default', () => {
    expect(limitOf(httpEvent({}))).toBe(20);
    expect(limitOf(withCursor('x'))).toBe(20);
  });

  test.each(['1', '7', '100'])('may be %s', (limit) => {
    expect(limitOf(withLimit(limit))).toBe(Number(limit));
  });

  test.each(['', '0', '101', '-1', '1.5', '1e1', '0x10', ' 5', 'ten', '99999', 'Infinity', '٣'])(
    'is refused, not guessed, when it is "%s"',
    (limit) => {
      expect(problemOf(() => limitOf(withLimit(limit)))).toBe('bad-request');
    },
  );
});

test('a list that is long by nature has a limit of its own', () => {
  expect(limitOf(withLimit('2000'), 2_000)).toBe(2_000);
  expect(problemOf(() => limitOf(withLimit('2001'), 2_000))).toBe('bad-request');
});

describe('a cursor', () => {
  test('comes back as the position it was made of, and is safe in a URL', () => {
    fc.assert(
      fc.property(
        fc.record({ orderId: fc.string({ unit: 'binary' }), createdAtMs: fc.maxSafeInteger() }),
        (position) => {
          const cursor = encodeCursor(position);
          expect(cursor).toMatch(/^[\w-]+$/);
          expect(positionOf(withCursor(cursor))).toEqual(position);
        },
      ),
    );
  });

  test('may be absent: that is the first page', () => {
    expect(positionOf(httpEvent({}))).toBeUndefined();
    expect(positionOf(withLimit('5'))).toBeUndefined();
  });

  test.each([
    ['empty', ''],
    ['no base64', '***'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['of another list', encodeCursor({ sku: 'mug' })],
    ['half of one', encodeCursor({ orderId: 'ord_1', createdAtMs: 5 }).slice(0, 12)],
    ['of another shape', encodeCursor({ orderId: 1, createdAtMs: 'x' })],
  ])('that is %s is refused', (_what, cursor) => {
    expect(problemOf(() => positionOf(withCursor(cursor)))).toBe('bad-request');
  });

  test('made up by anybody is a position or is refused, and never a fault', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((text) => Buffer.from(text).toString('base64url')),
        ),
        (cursor) => {
          expect(['bad-request', 'no problem']).toContain(problemOf(() => positionOf(withCursor(cursor))));
        },
      ),
    );
  });
});
