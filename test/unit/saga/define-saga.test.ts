import { describe, expect, test } from 'vitest';
import { CallerId } from '../../../engine/saga/ids.ts';
import type { Saga } from '../../../engine/saga/saga.ts';
import { trip, tripWithMail } from '../../support/declared-sagas.ts';
import { shopWithShipping, shopWithWrapping } from '../../support/declared-shops.ts';
import { threeServices as shop } from '../../support/three-services.ts';

const traveller = CallerId.parse('traveller-1');
const failuresOf = (saga: Saga) => saga.eventTypes.filter((type) => saga.kindOf(type) === 'failure');

/** Who undoes each failure of a saga. */
const undoing = (saga: Saga) =>
  Object.fromEntries(failuresOf(saga).map((type) => [type, saga.compensatorsOf(type)]));

describe('who undoes what follows from who consumes and says what', () => {
  test('in the shop, as it was once written down by hand', () => {
    expect(undoing(shop)).toEqual({
      'stock.rejected': [],
      'payment.declined': ['inventory'],
      'order.cancelling': ['inventory', 'payment'],
    });
  });

  test('where a participant comes after all others', () => {
    expect(undoing(shopWithShipping)).toEqual({
      'stock.rejected': [],
      'payment.declined': ['inventory'],
      'shipment.refused': ['inventory', 'payment'],
      'order.cancelling': ['inventory', 'payment', 'shipping'],
    });
  });

  test('where a participant acts beside another, which may have acted or may still act', () => {
    expect(undoing(shopWithWrapping)).toEqual({
      'stock.rejected': [],
      'payment.declined': ['inventory', 'wrapping'],
      'gift.refused': ['inventory', 'payment'],
      'order.cancelling': ['inventory', 'payment', 'wrapping'],
    });
  });

  test('where all act beside each other', () => {
    expect(undoing(trip)).toEqual({
      'flight.refused': ['hotel', 'car'],
      'hotel.refused': ['flight', 'car'],
      'car.refused': ['flight', 'hotel'],
      'trip.cancelling': ['flight', 'hotel', 'car'],
    });
  });
});

describe('what a participant hears of', () => {
  test('the initiator: what completes the saga, and every compensation, wait and impasse', () => {
    expect(shop.subscriptionsOf('order')).toEqual([
      'payment.captured',
      'stock.released',
      'payment.challenged',
      'payment.voided',
      'payment.refunded',
      'payment.unrefundable',
      'payment.resolved',
    ]);
    expect(trip.subscriptionsOf('trip')).toEqual([
      ...['flight.booked', 'hotel.booked', 'car.booked'],
      ...['flight.cancelled', 'hotel.cancelled', 'car.cancelled'],
    ]);
  });

  test('any other: what it consumes, and failures besides if it takes part', () => {
    expect(shopWithShipping.subscriptionsOf('shipping')).toEqual(['payment.captured', 'stock.reserved']);
    expect(tripWithMail.subscriptionsOf('condolence')).toEqual(['trip.cancelled']);
    expect(tripWithMail.services.filter((service) => !tripWithMail.takesPart(service))).toEqual([
      'congratulation',
      'condolence',
    ]);
  });

  test('an outcome has to be heard only if somebody consumes it, and anything else in any case', () => {
    const unheard = (saga: Saga) => saga.eventTypes.filter((type) => !saga.isHeard(type));
    expect(unheard(trip)).toEqual(['trip.booked', 'trip.cancelled']);
    expect(unheard(tripWithMail)).toEqual([]);
    expect(unheard(shop)).toEqual(['order.confirmed', 'order.cancelled']);
  });
});

describe('a saga says of itself', () => {
  test('which participants it has, and who of them begins', () => {
    expect(shop.services).toEqual(['order', 'inventory', 'payment']);
    expect(shop.initiator).toBe('order');
    expect(trip.initiation).toEqual({
      begins: 'trip.requested',
      cancels: 'trip.cancelling',
      succeeds: 'trip.booked',
      fails: 'trip.cancelled',
    });
  });

  test('who says each event, of which kind it is and in which version', () => {
    const said = shop.eventTypes.map((type) => [
      type,
      shop.publisherOf(type),
      shop.kindOf(type),
      shop.versionOf(type),
    ]);
    expect(said).toEqual([
      ['order.placed', 'order', 'step', 1],
      ['stock.reserved', 'inventory', 'step', 1],
      ['payment.captured', 'payment', 'step', 1],
      ['stock.rejected', 'inventory', 'failure', 1],
      ['payment.declined', 'payment', 'failure', 1],
      ['order.cancelling', 'order', 'failure', 1],
      ['stock.released', 'inventory', 'compensation', 1],
      ['payment.challenged', 'payment', 'wait', 1],
      ['payment.voided', 'payment', 'compensation', 1],
      ['payment.refunded', 'payment', 'compensation', 1],
      ['payment.unrefundable', 'payment', 'impasse', 1],
      ['payment.resolved', 'payment', 'compensation', 1],
      ['order.confirmed', 'order', 'outcome', 1],
      ['order.cancelled', 'order', 'outcome', 1],
    ]);
  });

  test('what each participant’s entry says, and that the initiator hears of what completes the saga', () => {
    expect(shop.partOf('payment')).toEqual({
      service: 'payment',
      consumes: ['stock.reserved'],
      says: {
        'payment.captured': 'step',
        'payment.challenged': 'wait',
        'payment.declined': 'failure',
        'payment.voided': 'compensation',
        'payment.refunded': 'compensation',
        'payment.unrefundable': 'impasse',
        'payment.resolved': 'compensation',
      },
      record: 'payment',
      secrets: ['stripe', 'stripe-webhook'],
    });
    expect(shop.partOf('order')).toMatchObject({
      consumes: ['payment.captured'],
      says: {
        'order.placed': 'step',
        'order.cancelling': 'failure',
        'order.confirmed': 'outcome',
        'order.cancelled': 'outcome',
      },
    });
  });

  test('how its ids look, and what its owners are called', () => {
    expect(trip.id).toMatchObject({ prefix: 'trip', name: 'tripId' });
    expect(trip.id.schema.safeParse(`trip_${'a'.repeat(24)}`).success).toBe(true);
    for (const id of [
      `ord_${'a'.repeat(24)}`,
      'trip_a',
      `trip_${'a'.repeat(24)}\n`,
      `trip_${'?'.repeat(24)}`,
    ])
      expect(trip.id.schema.safeParse(id).success).toBe(false);
    expect([shop.ownerRole, trip.ownerRole]).toEqual(['customer', 'traveller']);
  });

  test('which facts are failures', () => {
    const booked = { type: 'flight.booked', data: { days: 2, seat: '1A' } } as const;
    const refused = { type: 'flight.refused', data: { travellerId: traveller, code: 'FULL' } } as const;
    expect([trip.isFailure(booked), trip.isFailure(refused)]).toEqual([false, true]);
  });

  test('that it does not know what it does not have', () => {
    expect(() => shop.partOf('shipping')).toThrow('the saga order-saga has no service shipping');
    expect(() => shop.subscriptionsOf('shipping')).toThrow('the saga order-saga has no service shipping');
    expect(() => shop.kindOf('shipment.booked')).toThrow(
      'shipment.booked has no publisher in the saga order-saga',
    );
    expect(() => shop.publisherOf('toString')).toThrow('no publisher');
    expect(() => shop.compensatorsOf('shipment.refused')).toThrow('no publisher');
  });
});
