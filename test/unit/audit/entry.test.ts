import { afterEach, describe, expect, test, vi } from 'vitest';
import { auditEntry, auditWrite } from '../../../engine/audit/entry.ts';
import { keptDays } from '../../../engine/audit/kept-days.ts';
import { pseudonymKeyOf, pseudonymOf } from '../../../engine/audit/pseudonym.ts';
import { actorOf } from '../../../engine/http/actor.ts';
import { httpEvent } from '../../support/http-event.ts';
import { MemoryStore } from '../../support/memory-store.ts';

const actor = { by: 'olga', role: 'operator', requestId: 'r-1' };
const act = {
  act: 'cancel',
  about: ['ord_1'],
  before: { status: 'PENDING' },
  after: { status: 'CANCELLING' },
};
const atMs = Date.parse('2026-11-30T23:59:59.999Z');

afterEach(() => vi.unstubAllEnvs());

describe('an entry', () => {
  test('says who, in which role, what, about what, before, after, why, when and in which request', () => {
    expect(auditEntry(actor, { ...act, reason: 'asked' }, atMs, 'ord_1', '2')).toEqual({
      pk: expect.stringMatching(/^audit#[\w-]{43}$/),
      auditDay: '2026-11-30',
      auditAtMs: atMs,
      at: '2026-11-30T23:59:59.999Z',
      ...actor,
      ...act,
      reason: 'asked',
      auditExpires: Math.floor(atMs / 1000) + 400 * 86_400,
    });
  });

  test('of the same is the same item, whoever sends it again, and of another is another', () => {
    const keyOf = (...once: readonly string[]) => auditEntry(actor, act, atMs, ...once).pk;
    expect(auditEntry({ ...actor, requestId: 'r-2' }, act, atMs + 1, 'ord_1', '2').pk).toBe(
      keyOf('ord_1', '2'),
    );
    expect(new Set([keyOf('ord_1', '2'), keyOf('ord_1', '3'), keyOf('ord_12'), keyOf('ord_1,2')]).size).toBe(
      4,
    );
    expect(auditEntry(actor, { ...act, act: 'resolve' }, atMs, 'ord_1', '2').pk).not.toBe(
      keyOf('ord_1', '2'),
    );
  });

  test('is put where none is', () => {
    expect(auditWrite(actor, act, atMs, 'ord_1')).toMatchObject({ kind: 'put', expects: 'absent' });
  });

  test.each([
    ['', 400],
    ['forever', undefined],
    ['30', 30],
  ])('is kept as AUDIT_DAYS says: %o', (text, days) => {
    expect(keptDays(text)).toBe(days);
    vi.stubEnv('AUDIT_DAYS', text);
    expect('auditExpires' in auditEntry(actor, act, atMs)).toBe(days !== undefined);
  });

  test.each(['0', '-1', '1.5', 'never', '400 days', '100000'])('is not kept for %o', (text) => {
    expect(() => keptDays(text)).toThrow('AUDIT_DAYS');
  });
});

describe('the request’s id', () => {
  const idIn = (requestContext: object) =>
    actorOf({ id: 'olga' as never, role: 'operator' }, {
      ...httpEvent({ headers: { 'x-amzn-requestid': 'forged', 'x-request-id': 'forged' } }),
      requestContext,
    } as never).requestId;

  test('is API Gateway’s, and no header’s', () => {
    expect(idIn({ requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef' })).toBe(
      'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
    );
  });

  test.each([undefined, '', 'a b', 'a\nb', 'x'.repeat(129), { id: 1 }, 7])(
    'that is none is replaced: %o',
    (requestId) => expect(idIn({ requestId })).toMatch(/^[0-9a-f-]{36}$/),
  );
});

describe('the pseudonym of an owner', () => {
  test('stays the same as long as its key is there, and is another one after that', async () => {
    const store = new MemoryStore();
    const first = await pseudonymOf(store, 'alice');
    expect(first).toMatch(/^[\w-]{43}$/);
    expect(await pseudonymOf(store, 'alice')).toBe(first);
    expect(await pseudonymOf(store, 'bob')).not.toBe(first);
    const key = pseudonymKeyOf('alice');
    expect((await store.read([key])).has(key)).toBe(true);
    // Erased.
    expect(await pseudonymOf(new MemoryStore(), 'alice')).not.toBe(first);
  });

  test('is one, if two requests make its key at once', async () => {
    const store = new MemoryStore();
    const [one, other] = await Promise.all([pseudonymOf(store, 'alice'), pseudonymOf(store, 'alice')]);
    expect(one).toBe(other);
  });
});
