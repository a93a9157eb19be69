import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableVariableOf } from '../../engine/environment/environment.ts';
import { type OrderId, shop } from '../../functions/shop.ts';
import { region } from '../../infra/local/environment.ts';
import { loadSigningKey, type SigningKey } from '../../infra/local/identity/signing-key.ts';
import { type Listener, overhear } from '../../infra/local/saga/overhear.ts';
import type { System } from '../../infra/local/system.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/** One system for all attacks: Alice has an order that was paid, and Mallory wants it. */
export interface Scene {
  readonly system: System;
  readonly key: SigningKey;
  readonly tokens: Readonly<Record<'alice' | 'mallory' | 'operator', string>>;
  /** Alice's, CONFIRMED, and the key it was placed with. */
  readonly orderId: OrderId;
  readonly idempotencyKey: string;
  /** Where a page of Alice's orders goes on. */
  readonly cursor: string;
  /** Changes with anything that is stored in a table or in the provider's ledger, and with each event that is said. */
  effects(): Promise<string>;
  end(): Promise<void>;
}

const SKU = 'cup';

export async function enter(): Promise<Scene> {
  const dataDir = mkdtempSync(join(tmpdir(), 'order-saga-attack-'));
  const world = await startWorld({}, { dataDir });
  const { system } = world;
  try {
    await world.stock({ sku: SKU, available: 1_000, unitPriceMinor: 1_290 });
    const alice = await world.customer('alice');
    const idempotencyKey = 'alice-1';
    const orderId = await alice.place([{ sku: SKU, quantity: 1 }], 'pm_card_visa', idempotencyKey);
    await alice.until(orderId);
    await alice.until(await alice.place([{ sku: SKU, quantity: 1 }]));
    const { cursor } = await alice.expect(200, 'GET', '/orders?limit=1');
    const heard = await overhear(system.urls.rabbitmq);
    return {
      system,
      key: await loadSigningKey(dataDir),
      tokens: await tokensOf(world),
      orderId: shop.id.schema.parse(orderId),
      idempotencyKey,
      cursor,
      effects: () => effectsOn(system, heard),
      end: async () => {
        await heard.end();
        await world.end();
      },
    };
  } catch (error) {
    await world.end();
    throw error;
  }
}

const tokensOf = async ({ system }: World) => ({
  alice: await system.signToken({ role: 'customer', name: 'alice' }),
  mallory: await system.signToken({ role: 'customer', name: 'mallory' }),
  operator: await system.signToken({ role: 'operator' }),
});

/** What could change, as it is: compared as text, which is quick, and shown where it differs. */
async function effectsOn({ urls, environment }: System, heard: Listener): Promise<string> {
  const tables = shop.services.map((service) =>
    itemsOf(urls.dynamodb, environment[tableVariableOf(service)] ?? ''),
  );
  const ledger = fetch(`${urls.payments}/ledger`).then((response) => response.text());
  const found = await Promise.all([...tables, ledger]);
  return [...found, `${heard.count()} events`].join('\n');
}

/** Not by the SDK, whose client costs more than what is sent. The emulator takes any signature. */
async function itemsOf(endpoint: string, TableName: string): Promise<string> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.Scan',
      'x-amz-date': '20261130T000000Z',
      authorization: `AWS4-HMAC-SHA256 Credential=local/20261130/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify({ TableName, ConsistentRead: true }),
  });
  if (!response.ok) throw new Error(`${TableName} cannot be read: ${await response.text()}`);
  const { Items = [] } = (await response.json()) as { readonly Items?: readonly object[] };
  return Items.map((item) => JSON.stringify(sorted(item)))
    .toSorted()
    .join('\n');
}

/** The members of an item, and of a map in it, come in any sequence. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, each]) => [name, sorted(each)]),
  );
}
