import * as z from 'zod';
import type { TableEdges } from '../batch/edges.ts';
import { fromItem } from '../batch/record.ts';
import { endpoint } from '../http/endpoint.ts';
import { entityTagOf, knownTo } from '../http/entity-tag.ts';
import { type HttpFunction, json } from '../http/http.ts';
import { caller, role } from '../http/identity.ts';
import { cursor, encodeCursor, limit } from '../http/paging.ts';
import { pathParameter } from '../http/path-parameter.ts';
import { preferredWait } from '../http/preferred-wait.ts';
import { READERS } from '../http/role.ts';
import type { Begun } from '../saga/initiator.ts';
import { byOwner } from '../saga/initiator-table.ts';
import type { SagaRecord } from '../saga/table.ts';
import { type Initiating, type InitiatorStatus, isWaitingForSomebody, recordOf } from './initiating.ts';
import { atOnce, type WaitForNews } from './wait-for-news.ts';

/**
 * GET …/{id}: at once or, as the caller prefers, when there is news: the saga has ended or waits for somebody. To a caller that
 * says what it knows (If-None-Match), whatever else is news, and what it knows is answered with 304.
 */
export function reading<State extends InitiatorStatus, Placed extends Begun>(
  participant: Initiating<State, Placed>,
  edges: TableEdges,
  waitForNews: WaitForNews = atOnce,
): HttpFunction {
  const { saga, present } = participant;
  const checks = [
    pathParameter(saga.id.name, saga.id.schema),
    role(saga, saga.ownerRole, ...READERS),
    preferredWait(),
  ] as const;
  return endpoint(saga, checks, async ({ parameter, caller, waitSeconds }, event) => {
    const read = () => recordOf(participant, edges, parameter, caller);
    const isKnown = knownTo(event);
    const isNews = ({ version, state }: SagaRecord<State>) =>
      hasEnded(state) ||
      (isKnown === undefined ? isWaitingForSomebody(state) : !isKnown(entityTagOf(version)));
    const { record, hasWaited } = await waitForNews(read, isNews, waitSeconds);
    const etag = entityTagOf(record.version);
    const headers = { etag, ...(hasWaited ? { 'preference-applied': `wait=${waitSeconds}` } : {}) };
    return isKnown?.(etag) ? { statusCode: 304, headers, body: '' } : json(200, present(record), headers);
  });
}

const hasEnded = ({ status }: InitiatorStatus): boolean => status === 'CONFIRMED' || status === 'CANCELLED';

/** GET: the caller's own sagas, newest first. The index sorts them; the table has their present state. */
export function listing<State extends InitiatorStatus, Placed extends Begun>(
  { saga, table, present }: Initiating<State, Placed>,
  edges: TableEdges,
): HttpFunction {
  const { name, schema } = saga.id;
  const Position = z.object({ [name]: schema, createdAtMs: z.int().min(0) });
  const checks = [caller(saga), cursor(Position), limit()] as const;
  return endpoint(saga, checks, async ({ caller: { id: owner }, cursor, limit }) => {
    const { entries, next } = await edges.store.query({
      index: byOwner(saga),
      partition: [saga.owner, owner],
      newestFirst: true,
      limit,
      after: cursor && {
        pk: table.key(schema.parse(cursor[name])),
        [saga.owner]: owner,
        createdAtMs: Number(cursor.createdAtMs),
      },
    });
    const items = await edges.store.read(entries.map(({ pk }) => pk));
    const found = entries.flatMap(({ pk }) => items.get(pk) ?? []);
    const after = next && encodeCursor({ [name]: next.pk, createdAtMs: Number(next.createdAtMs) });
    return json(200, {
      items: found.map((item) => present(fromItem(table, item))),
      ...(after === undefined ? {} : { cursor: after }),
    });
  });
}
