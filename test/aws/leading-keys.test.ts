import { describe, expect, test } from 'vitest';
import { auditReader } from '../../engine/http/audit-reader.ts';
import { recordReader } from '../../engine/http/record-reader.ts';
import { nudging } from '../../engine/initiator/nudge-now.ts';
import { listing, reading } from '../../engine/initiator/read.ts';
import { withPermits } from '../../engine/initiator/wait-for-news.ts';
import { WaitPermits } from '../../engine/initiator/wait-permits.ts';
import { tallyKey } from '../../engine/saga/tally.ts';
import { stockKey } from '../../functions/inventory/decide.ts';
import { getStock } from '../../functions/inventory/get-stock.ts';
import { inventory } from '../../functions/inventory/inventory.ts';
import { listStock } from '../../functions/inventory/list-stock.ts';
import { putStock } from '../../functions/inventory/put-stock.ts';
import { receiveStock } from '../../functions/inventory/receive-stock.ts';
import { catalogueEntry } from '../../functions/inventory/table.ts';
import { order } from '../../functions/order/order.ts';
import { functions, propertiesOf, shortName } from '../support/aws/production.ts';
import { scene, stock } from '../support/engine-runs.ts';
import { customerId, orderIdOf } from '../support/facts.ts';
import { orderItem } from '../support/fuzz/saga-items.ts';
import { httpEvent } from '../support/http-event.ts';

/**
 * Goal: whoever takes over a function that needs one kind of item gets no other. Method: the functions run, and the keys
 * that they use are held against the conditions of their roles.
 */
const sku = catalogueEntry('mug' as never);
/** Everything of it is undone already, so that a nudge ends it. */
const undone = orderItem(orderIdOf(2), 'PENDING');
const { state, ...others } = JSON.parse(undone.record as string);
const answered = order.saga.compensatorsOf(order.saga.initiation.cancels);
const record = JSON.stringify({ ...others, state: { ...state, answered, isTallied: true } });
const items = [
  ...[stock('mug', 5), sku, orderItem(orderIdOf(1), 'PENDING'), { ...undone, record }],
  { pk: tallyKey(customerId), open: 1 },
];
let nowMs = 1_800_000_000_000;
const { edges, store } = scene(items, () => nowMs);
const orderId = orderIdOf(1);

const calls = {
  'get-stock': getStock(edges),
  'list-stock': listStock(edges),
  'put-stock': putStock(edges),
  'receive-stock': receiveStock(edges),
  'get-reservation': recordReader(inventory, edges),
  'get-order': reading(
    order,
    edges,
    withPermits(
      () => new WaitPermits(store, 1),
      edges.now,
      async () => {
        nowMs += 1_000;
      },
    ),
  ),
  'list-orders': listing(order, edges),
  'nudge-order': nudging(order, edges, () => 1),
  'get-inventory-audit': auditReader(inventory, edges),
} as const;
const requests: Partial<Record<keyof typeof calls, object>> = {
  'put-stock': { available: 1, unitPriceMinor: 100, currency: 'EUR', reason: 'counted' },
  'receive-stock': { quantity: 1 },
  'nudge-order': { reason: 'ticket 7' },
};

/** The keys of the items that a call reads or writes. */
async function keysOf(
  name: keyof typeof calls,
): Promise<Readonly<Record<'read' | 'write', readonly string[]>>> {
  const isOwners = ['get-order', 'list-orders', 'get-reservation'].includes(name);
  // What a call has ended is there again for the next one.
  for (const item of items) store.items.set(item.pk, item);
  nowMs += 1_000;
  store.reads.length = 0;
  store.writes.length = 0;
  await calls[name](
    httpEvent({
      headers: { 'content-type': 'application/json', 'idempotency-key': 'k', prefer: 'wait=1' },
      path: { sku: 'mug', orderId: name === 'nudge-order' ? orderIdOf(2) : orderId },
      body: JSON.stringify(requests[name] ?? {}),
      authorizer: isOwners
        ? { principalId: customerId, role: 'customer' }
        : { principalId: 'olga', role: 'operator' },
    }),
    {} as never,
  );
  return {
    read: store.reads.flat(),
    write: store.writes.flat().map((write) => (write.kind === 'put' ? write.item.pk : write.key)),
  };
}

interface Condition {
  readonly 'ForAllValues:StringLike': { readonly 'dynamodb:LeadingKeys': readonly string[] };
}
const roles = Object.fromEntries(propertiesOf('AWS::IAM::Role'));
const conditionsOf = (name: string) => {
  const [, properties] = functions().find(([, each]) => shortName(each) === name) ?? ['', {}];
  const statements = roles[properties.Role['Fn::GetAtt'][0]]?.Policies[0].PolicyDocument.Statement;
  const conditionsOn = (action: string): readonly (Condition | undefined)[] =>
    statements
      .filter(({ Effect }: { Effect: string }) => Effect === 'Allow')
      .filter(({ Action }: { Action: readonly string[] }) => Action.includes(action))
      .map((statement: { Condition?: Condition }) => statement.Condition);
  return { read: conditionsOn('dynamodb:GetItem'), write: conditionsOn('dynamodb:PutItem') };
};

describe.each(Object.keys(calls) as (keyof typeof calls)[])('%s', (name) => {
  const conditions = conditionsOf(name);

  test('may read and write some kinds of items only', () => {
    expect(conditions.read.length).toBeGreaterThan(0);
    for (const condition of Object.values(conditions).flat()) {
      expect(condition).toEqual({
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': expect.any(Array) },
        Null: { 'dynamodb:LeadingKeys': 'false' },
      });
    }
  });

  // Fails where a function is given another item to write, and its role is not: on AWS alone it would be refused.
  test.each(['read', 'write'] as const)(
    'may %s each key that it does, and no kind that it does not',
    async (access) => {
      const allowed = conditions[access].flatMap(
        (condition) => condition?.['ForAllValues:StringLike']['dynamodb:LeadingKeys'] ?? [],
      );
      const prefixes = [...new Set(allowed)].map((pattern) => pattern.replace(/\*$/, ''));
      const { read, write } = await keysOf(name);
      expect([...read, ...write].length).toBeGreaterThan(0);
      const used = { read, write }[access];
      expect(used.filter((key) => !prefixes.some((prefix) => key.startsWith(prefix)))).toEqual([]);
      // Whoever writes a kind may read it, too.
      const known = access === 'write' ? write : [...read, ...write];
      expect(prefixes.filter((prefix) => !known.some((key) => key.startsWith(prefix)))).toEqual([]);
    },
  );
});

const denials = (name: string): readonly string[] => {
  const [, properties] = functions().find(([, each]) => shortName(each) === name) ?? ['', {}];
  const statements = roles[properties.Role['Fn::GetAtt'][0]]?.Policies[0].PolicyDocument.Statement;
  const keys = { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': ['audit#*'] } };
  return statements
    .filter(
      (each: { Effect: string; Condition?: unknown }) =>
        each.Effect === 'Deny' && isSame(each.Condition, keys),
    )
    .flatMap(({ Action }: { Action: readonly string[] }) => Action);
};
const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

// Fails where whoever takes over a function can change what it did: an entry of the audit may be put, and stays.
test.each(functions().map(([, each]) => shortName(each)))('%s changes no entry of the audit', (name) => {
  const [, properties] = functions().find(([, each]) => shortName(each) === name) ?? ['', {}];
  const { Statement } = roles[properties.Role['Fn::GetAtt'][0]]?.Policies[0].PolicyDocument ?? {};
  const allowed: readonly string[] = Statement.filter(
    ({ Effect }: { Effect: string }) => Effect === 'Allow',
  ).flatMap(({ Action }: { Action: readonly string[] }) => Action);
  const audited = ['put-stock', 'receive-stock', 'cancel-order', 'nudge-order', 'resolve-payment'];
  const isAudited = audited.includes(name) || (name.endsWith('-dead-letters') && !name.startsWith('count-'));
  const isForgetter = ['erase', 'retain'].includes(name);
  expect(allowed.filter((each) => /^dynamodb:(Batch(Write)|Partiql|\*)/i.test(each))).toEqual([]);
  expect(allowed.includes('dynamodb:DeleteItem')).toBe(isForgetter);
  const deletes = Statement.filter(
    ({ Effect, Action }: { Effect: string; Action: readonly string[] }) =>
      Effect === 'Allow' && Action.includes('dynamodb:DeleteItem'),
  );
  for (const { Condition } of deletes)
    for (const keys of Condition['ForAllValues:StringLike']['dynamodb:LeadingKeys'])
      expect(['pseudonym-key#*', 'tally#*', 'trouble#*']).toContain(keys);
  if (allowed.includes('dynamodb:UpdateItem') || isForgetter) {
    expect(denials(name)).toContain('dynamodb:UpdateItem');
    expect(denials(name)).toContain('dynamodb:DeleteItem');
    expect(denials(name).includes('dynamodb:PutItem')).toBe(!isAudited);
  } else expect(allowed.includes('dynamodb:PutItem')).toBe(isAudited);
});

test('what is beside them in the table is none of theirs', () => {
  const { read } = conditionsOf('get-reservation');
  expect(JSON.stringify(read)).not.toContain(stockKey('' as never));
});
