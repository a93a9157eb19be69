import { describe, expect, test } from 'vitest';
import { fromItem, next, toItem } from '../../../engine/batch/record.ts';
import type { Item } from '../../../engine/batch/store.ts';
import { orders } from '../../../functions/order/table.ts';
import { payments } from '../../../functions/payment/table.ts';
import { orderIdOf } from '../../support/facts.ts';

/** As the predecessor of the engine wrote it. */
const text =
  '{"orderId":"ord_000000000000000000000001","updatedAtMs":1000,"state":{"customerId":"ann","status":"CHARGING",' +
  '"amountMinor":1290,"currency":"EUR","lines":[{"sku":"mug","quantity":1,"unitPriceMinor":1290}],' +
  '"paymentMethod":"pm_card_visa","paymentIntentId":"pi_1"},' +
  '"history":[{"at":"1970-01-01T00:00:01.000Z","status":"CHARGING","because":"stock.reserved"}]}';
const item: Item = { pk: orderIdOf(1), status: 'CHARGING', version: 1, outbox: '', record: text };

/** The same with members that a later version has added, at every level. */
const later: Item = {
  ...item,
  shade: 'blue',
  record: JSON.stringify({
    ...JSON.parse(text),
    ...{ mood: 'calm', format: 3 },
    state: { ...JSON.parse(text).state, tip: { minor: 5 } },
  }),
};

const step = (record: ReturnType<typeof fromItem<{ readonly status: string }>>) =>
  next(payments, record as never, {
    sagaId: orderIdOf(1),
    state: { customerId: 'ann', status: 'VOIDED' },
    outbox: undefined,
    because: 'charge.declined',
    nowMs: 2_000,
  });

const textOf = ({ record }: Pick<ReturnType<typeof toItem>, string>): string => record as string;
const parsed = (written: Pick<ReturnType<typeof toItem>, string>) => JSON.parse(textOf(written));

describe('a record', () => {
  test('that the predecessor wrote is read, and written again with the same members and no byte more', () => {
    const { record, ...attributes } = toItem(payments, fromItem(payments, item));
    expect({ ...attributes, record: parsed({ record }) }).toEqual({
      ...item,
      record: JSON.parse(text),
    });
    expect(textOf({ record })).toHaveLength(text.length);
  });

  test('has the first format where it has no number, and then says none', () => {
    expect(fromItem(payments, item).format).toBe(1);
    expect(toItem(payments, fromItem(payments, item)).record).not.toContain('format');
  });

  test('keeps what another version has written, through a read, a step and a write', () => {
    const record = fromItem(payments, later);
    expect(record.state).not.toHaveProperty('tip');
    const written = toItem(payments, step(record));
    expect(written).toMatchObject({ shade: 'blue', status: 'VOIDED', version: 2 });
    expect(parsed(written)).toMatchObject({
      mood: 'calm',
      state: { status: 'VOIDED', tip: { minor: 5 } },
      history: [{ because: 'stock.reserved' }, { because: 'charge.declined' }],
    });
    // And through the next one, too.
    expect(parsed(toItem(payments, step(fromItem(payments, { ...written }))))).toMatchObject({
      mood: 'calm',
      state: { tip: { minor: 5 } },
    });
  });

  test('keeps the latest format that anybody has written it in', () => {
    expect(step(fromItem(payments, later)).format).toBe(3);
    expect(parsed(toItem(payments, step(fromItem(payments, later)))).format).toBe(3);
    const ahead = { ...payments, format: 4 };
    expect(
      next(ahead, fromItem(payments, { ...later }), {
        ...step(fromItem(payments, later)),
        outbox: [],
        because: 'x',
        nowMs: 1,
      }).format,
    ).toBe(4);
  });

  test('keeps members deep inside a state that it does not change', () => {
    const placed = {
      ...{
        customerId: 'ann',
        items: [{ sku: 'mug', quantity: 1, gift: true }],
        lines: [{ sku: 'mug', quantity: 1, unitPriceMinor: 1290 }],
        paymentMethod: 'pm_card_visa',
        paymentIntentId: 'pi_1',
      },
      ...{ fingerprint: 'f', createdAtMs: 1, status: 'PENDING', answered: [] },
    };
    const record = { orderId: orderIdOf(2), updatedAtMs: 1, state: placed, history: [] };
    const order = {
      pk: orderIdOf(2),
      status: 'PENDING',
      version: 1,
      outbox: '',
      record: JSON.stringify(record),
    };
    const written = toItem(orders, fromItem(orders, order));
    expect(parsed(written).state.items).toEqual([{ sku: 'mug', quantity: 1, gift: true }]);
  });

  test('of nobody’s format is refused', () => {
    const broken = { ...item, record: JSON.stringify({ ...JSON.parse(text), format: 'two' }) };
    expect(() => fromItem(payments, broken)).toThrow('format');
  });
});
