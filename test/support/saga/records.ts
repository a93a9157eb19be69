import { createHash } from 'node:crypto';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { tableVariableOf } from '../../../engine/environment/environment.ts';
import { shop } from '../../../functions/shop.ts';
import { region } from '../../../infra/local/environment.ts';
import type { System } from '../../../infra/local/system.ts';

// biome-ignore lint/suspicious/noExplicitAny: rows are read raw on purpose, not through the product's schemas
export type Row = Record<string, any>;

/** By saga id. */
export type Records = ReadonlyMap<string, Row>;

/** Whole rows; or for a long run, which leaves too many, the checked members and a digest of the row. */
export type Extent = 'whole' | 'judged';

/** Everything in a service's table. */
export async function rowsOf(service: string, system: System, extent: Extent): Promise<readonly Row[]> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: system.urls.dynamodb, region, credentials });
  const TableName = system.environment[tableVariableOf(service)] ?? '';
  const rows: Row[] = [];
  for await (const page of paginateScan({ client }, { TableName, ConsistentRead: true })) {
    rows.push(...(page.Items ?? []).map((item) => rowOf(unmarshall(item), extent)));
  }
  return rows;
}

/** The service's records among all rows. Its table may hold other items. */
export const recordsAmong = (rows: readonly Row[], isOurs: (sagaId: string) => boolean): Records =>
  new Map(
    rows
      .filter(({ state }) => state !== undefined)
      .map((row) => [String(row[shop.id.name]), row] as const)
      .filter(([sagaId]) => isOurs(sagaId)),
  );

function rowOf(item: Row, extent: Extent): Row {
  const { record, outbox, ...attributes } = item;
  if (record === undefined) return item;
  const { [shop.id.name]: sagaId, state, ...rest } = JSON.parse(record);
  const judged = { [shop.id.name]: sagaId, state, said: typesIn(outbox) };
  if (extent === 'whole') return { ...attributes, outbox, ...judged, ...rest };
  const { pk, status, version } = item;
  return { pk, status, version, ...judged, digest: digestOf(item) };
}

/** The types of the events in an outbox, which has one body a line. */
const typesIn = (outbox: string): readonly string[] =>
  outbox === '' ? [] : outbox.split('\n').map((body) => JSON.parse(body).type);

const digestOf = (item: Row): string =>
  createHash('sha1')
    .update(JSON.stringify(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1))))
    .digest('base64');
