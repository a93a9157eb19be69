import * as z from 'zod';
import type { Edges } from '../batch/edges.ts';
import { fromItem } from '../batch/record.ts';
import { callerOf, http, json, pathOf } from '../http/http.ts';
import { cursorOf, encodeCursor, limitOf } from '../http/paging.ts';
import type { Begun } from '../saga/initiator.ts';
import { byOwner } from '../saga/initiator-table.ts';
import { type Initiating, recordOf } from './initiating.ts';

/** GET …/{id} */
export function reading<State extends Begun & { readonly status: string }, Placed extends Begun>(
  participant: Initiating<State, Placed>,
  edges: Edges,
) {
  const { id } = participant.saga;
  return http(async (event) => {
    const record = await recordOf(participant, edges, pathOf(event, id.name, id.schema), callerOf(event));
    return json(200, participant.present(record));
  });
}

/** GET: the caller's own, newest first. The index orders them; the table says what they are now. */
export function listing<State extends Begun & { readonly status: string }, Placed extends Begun>(
  { saga, table, present }: Initiating<State, Placed>,
  edges: Edges,
) {
  const Cursor = z.object({ [saga.id.name]: saga.id.schema, createdAtMs: z.int().min(0) });
  return http(async (event) => {
    const { id: owner } = callerOf(event);
    const cursor = cursorOf(event, Cursor);
    const { entries, next } = await edges.store.query({
      index: byOwner(saga),
      partition: [saga.owner, owner],
      newestFirst: true,
      limit: limitOf(event),
      after: cursor && {
        pk: table.key(saga.id.schema.parse(cursor[saga.id.name])),
        [saga.owner]: owner,
        createdAtMs: Number(cursor.createdAtMs),
      },
    });
    const items = await edges.store.read(entries.map(({ pk }) => pk));
    const found = entries.flatMap(({ pk }) => items.get(pk) ?? []);
    return json(200, {
      items: found.map((item) => present(fromItem(table, item))),
      ...(next
        ? { cursor: encodeCursor({ [saga.id.name]: next.pk, createdAtMs: Number(next.createdAtMs) }) }
        : {}),
    });
  });
}
