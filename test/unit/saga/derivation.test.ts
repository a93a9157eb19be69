import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { isAwaited } from '../../../engine/saga/causality.ts';
import { defineSaga } from '../../../engine/saga/define-saga.ts';
import { v1 } from '../../../engine/saga/event-definition.ts';
import { externalStep } from '../../../engine/saga/external-step.ts';
import { facts } from '../../support/facts.ts';
import { threeServices as shop } from '../../support/three-services.ts';

/** Everything here is declared inside the tests: what follows from a declaration is worked out when it is made. */
const { events } = shop;
const { order, inventory, payment } = shop.participants;
const owned = v1(z.object({ customerId: z.string() }));
const nothing = v1(z.object({}));
const base = { name: 'shop', id: { prefix: 'ord', name: 'orderId' }, owner: 'customerId' } as const;

const withShipping = (after: 'payment.captured' | 'stock.reserved') =>
  defineSaga({
    ...base,
    completes: ['payment.captured', 'shipment.booked'],
    events: {
      ...events,
      'shipment.booked': nothing,
      'shipment.refused': owned,
      'shipment.recalled': nothing,
    },
    participants: {
      order,
      inventory,
      payment,
      shipping: {
        consumes: after === 'stock.reserved' ? [after] : [after, 'stock.reserved'],
        says: {
          'shipment.booked': 'step',
          'shipment.refused': 'failure',
          'shipment.recalled': 'compensation',
        },
      },
    },
  });

describe('who undoes what', () => {
  test('in the shop, as it was once written by hand', () => {
    const saga = defineSaga({
      ...base,
      completes: ['payment.captured'],
      events,
      participants: { order, inventory, payment },
    });
    expect(saga.compensatorsOf('stock.rejected')).toEqual([]);
    expect(saga.compensatorsOf('payment.declined')).toEqual(['inventory']);
    expect(saga.compensatorsOf('order.cancelling')).toEqual(['inventory', 'payment']);
  });

  test('after a step behind the payment', () => {
    const saga = withShipping('payment.captured');
    expect(saga.compensatorsOf('shipment.refused')).toEqual(['inventory', 'payment']);
    expect(saga.compensatorsOf('payment.declined')).toEqual(['inventory']);
    expect(saga.compensatorsOf('stock.rejected')).toEqual([]);
    expect(saga.compensatorsOf('order.cancelling')).toEqual(['inventory', 'payment', 'shipping']);
  });

  test('after a step beside the payment', () => {
    const saga = withShipping('stock.reserved');
    expect(saga.compensatorsOf('shipment.refused')).toEqual(['inventory', 'payment']);
    expect(saga.compensatorsOf('payment.declined')).toEqual(['inventory', 'shipping']);
    expect(saga.compensatorsOf('stock.rejected')).toEqual([]);
  });

  test('is nobody who has nothing to undo', () => {
    const saga = defineSaga({
      ...base,
      completes: ['payment.captured', 'fraud.cleared'],
      events: { ...events, 'fraud.cleared': nothing, 'fraud.suspected': owned },
      participants: {
        order,
        inventory,
        payment,
        fraud: {
          consumes: ['order.placed'],
          says: { 'fraud.cleared': 'step', 'fraud.suspected': 'failure' },
        },
      },
    });
    expect(saga.compensatorsOf('order.cancelling')).toEqual(['inventory', 'payment']);
    expect(saga.compensatorsOf('fraud.suspected')).toEqual(['inventory', 'payment']);
  });
});

describe('a saga waits for a participant', () => {
  test('that says what completes it, or comes before one that does', () => {
    const saga = { participants: shop.participants, completes: ['payment.captured'] };
    expect(isAwaited('payment', saga)).toBe(true);
    expect(isAwaited('inventory', saga)).toBe(true);
    expect(isAwaited('nobody', saga)).toBe(false);
    expect(isAwaited('payment', { ...saga, completes: ['stock.reserved'] })).toBe(false);
    expect(isAwaited('inventory', { ...saga, completes: ['stock.reserved'] })).toBe(true);
    expect(isAwaited('inventory', { ...saga, completes: ['unheard.of'] })).toBe(false);
  });
});

describe('a step that asks the outside says', () => {
  const answer = (type: string) => ({ type, answer: {} });

  test('its step, its failure and its only compensation', () => {
    const { decide } = externalStep(withShipping('stock.reserved'), 'shipping', { asks: z.object({}) });
    const is = (status: string) => ({ customerId: 'ann', status });
    const cancelled = { type: 'order.cancelling', data: { customerId: 'ann' } };
    expect(decide(is('ASKING'), answer('call.done'))).toMatchObject({ says: [{ type: 'shipment.booked' }] });
    expect(decide(is('ASKING'), answer('call.refused'))).toMatchObject({
      says: [{ type: 'shipment.refused' }],
    });
    expect(decide(is('UNDOING'), answer('undo.done'))).toMatchObject({
      says: [{ type: 'shipment.recalled' }],
    });
    expect(decide(undefined, cancelled)).toMatchObject({ says: [{ type: 'shipment.recalled' }] });
  });

  test('another compensation if nothing was ever done', () => {
    const { decide } = externalStep(shop, 'payment', {
      asks: z.object({}),
      voided: 'payment.voided',
      resolved: 'payment.resolved',
    });
    const cancelled = { type: 'order.cancelling', data: { customerId: 'ann' } };
    const { data } = facts['payment.refunded'];
    const undoing = { customerId: 'ann', status: 'UNDOING' };
    expect(decide(undefined, cancelled)).toMatchObject({ says: [{ type: 'payment.voided' }] });
    expect(decide(undoing, { type: 'undo.done', answer: data })).toMatchObject({
      says: [{ type: 'payment.refunded' }],
    });
  });

  test('nothing if it only hears of an outcome', () => {
    const saga = defineSaga({
      ...base,
      completes: ['payment.captured'],
      events,
      participants: { order, inventory, payment, mail: { consumes: ['order.confirmed'], says: {} } },
    });
    const { decide } = externalStep(saga, 'mail', { asks: z.object({}) });
    const asking = { customerId: 'ann', status: 'ASKING' };
    expect(decide(asking, answer('call.done'))).toMatchObject({ state: { status: 'DONE' }, says: [] });
    expect(decide(asking, answer('call.refused'))).toMatchObject({ kind: 'refuse' });
  });

  test('nothing while it waits, and its state has the owner first', () => {
    const { decide } = externalStep(withShipping('payment.captured'), 'shipping', { asks: z.object({}) });
    expect(decide(undefined, { type: 'payment.captured', data: {} })).toMatchObject({ says: [] });
    const done = { trackingNumber: 't', status: 'DONE', customerId: 'ann' };
    const undone = decide(done, { type: 'order.cancelling', data: { customerId: 'ann' } });
    expect(Object.keys('state' in undone ? undone.state : {})).toEqual([
      'customerId',
      'status',
      'trackingNumber',
    ]);
  });
});
