import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import Stripe from 'stripe';
import { DynamoStore } from '../../../engine/dynamodb/dynamo-store.ts';
import { tableVariableOf } from '../../../engine/environment/environment.ts';
import type { Audited } from '../../../functions/reconciliation/records.ts';
import { type Report, reconcile } from '../../../functions/reconciliation/run.ts';
import { region } from '../../../infra/local/environment.ts';
import type { System } from '../../../infra/local/system.ts';

const DAY_MS = 24 * 3_600_000;

/**
 * What the auditor says of a whole system that is at rest: over its real tables, and the sandbox by Stripe's own SDK. It
 * is asked as if all had ended a day ago, so nothing counts as open because it has only just ended.
 */
export async function reconciliationOf(system: Pick<System, 'urls' | 'environment'>): Promise<Report> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: system.urls.dynamodb, region, credentials });
  const tableOf = (service: Audited) =>
    new DynamoStore(client, system.environment[tableVariableOf(service)] ?? '');
  const { hostname: host, port } = new URL(system.urls.payments);
  const books = new Stripe('sk_test_audit', { host, port, protocol: 'http', telemetry: false });
  const nowMs = Date.now() + DAY_MS;
  try {
    return await reconcile(
      {
        tables: { order: tableOf('order'), inventory: tableOf('inventory'), payment: tableOf('payment') },
        books,
        now: () => nowMs,
      },
      { fromMs: 0, toMs: nowMs, cursor: { source: 'provider' } },
      { isOver: () => false, tell: () => {} },
    );
  } finally {
    client.destroy();
  }
}
