import type { Context } from 'aws-lambda';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { next, toItem } from '../../engine/batch/record.ts';
import { recordReader } from '../../engine/http/record-reader.ts';
import { CallerId } from '../../engine/saga/ids.ts';
import type { Table } from '../../engine/saga/table.ts';
import { shop } from '../../functions/shop.ts';
import { orderIdOf } from '../support/facts.ts';
import { httpEvent } from '../support/http-event.ts';
import { MemoryStore } from '../support/memory-store.ts';

/** Goal: whoever takes part has a record that its owner and operators can read, and nobody else. */
const Wrapping = z.object({ customerId: CallerId, status: z.literal('WRAPPED'), paper: z.string() });
const table: Table<z.infer<typeof Wrapping>> = {
  saga: shop,
  key: (sagaId) => `WRAPPING#${sagaId}`,
  schema: Wrapping,
};
const nowMs = Date.parse('2026-01-01T00:00:00Z');
const sagaId = orderIdOf(1);
const state = { customerId: CallerId.parse('alice'), status: 'WRAPPED', paper: 'red' } as const;
const wrapped = toItem(table, next(table, undefined, { sagaId, state, outbox: [], because: 'asked', nowMs }));

const read = recordReader(
  { saga: shop, service: 'giftWrap', table },
  { store: new MemoryStore([wrapped]), now: () => nowMs },
);
const ask = async (principalId: string, role: string, orderId: string = sagaId) => {
  const event = httpEvent({ authorizer: { principalId, role }, path: { orderId } });
  const { statusCode, body } = await read(event, {} as Context);
  return { statusCode, ...(JSON.parse(body) as object) };
};

test.each([
  ['alice', 'customer'],
  ['olga', 'operator'],
])('%s, %s, reads the record without whose it is, and with its history', async (name, role) => {
  expect(await ask(name, role)).toEqual({
    statusCode: 200,
    orderId: sagaId,
    status: 'WRAPPED',
    paper: 'red',
    updatedAt: '2026-01-01T00:00:00.000Z',
    history: [{ at: '2026-01-01T00:00:00.000Z', status: 'WRAPPED', because: 'asked' }],
  });
});

test('what is somebody else’s is answered like what is nobody’s', async () => {
  const unheard = { statusCode: 404, detail: 'GiftWrap has not heard of this order.' };
  const [others, nobodys] = [await ask('bob', 'customer'), await ask('bob', 'customer', orderIdOf(2))];
  expect(others).toMatchObject(unheard);
  expect(nobodys).toEqual(others);
});

test('who calls is asked before what is wanted', async () => {
  expect(await ask('eve', 'nobody', 'x')).toMatchObject({ statusCode: 403 });
  expect(await ask('eve', 'customer', 'x')).toMatchObject({
    statusCode: 404,
    detail: 'There is nothing with this orderId.',
  });
});
