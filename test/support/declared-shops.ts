import * as z from 'zod';
import { defineSaga } from '../../engine/saga/define-saga.ts';
import { v1 } from '../../engine/saga/event-definition.ts';
import { CustomerId } from '../../functions/ids.ts';
import { threeServices as shop } from './three-services.ts';

const nothing = v1(z.object({}));

/** The shop with a carrier, which needs data of an earlier event: the lines that were paid for. */
export const shopWithShipping = defineSaga({
  ...shop,
  completes: ['shipment.booked'],
  events: {
    ...shop.events,
    'shipment.booked': v1(z.object({ trackingId: z.string() })),
    'shipment.refused': v1(z.object({ customerId: CustomerId, code: z.string() })),
    'shipment.recalled': nothing,
  },
  participants: {
    ...shop.participants,
    shipping: {
      consumes: ['payment.captured', 'stock.reserved'],
      says: {
        'shipment.booked': 'step',
        'shipment.refused': 'failure',
        'shipment.recalled': 'compensation',
      },
    },
  },
});

/** The shop with a participant that wraps the goods while they are paid for. */
export const shopWithWrapping = defineSaga({
  ...shop,
  completes: ['payment.captured', 'gift.wrapped'],
  events: {
    ...shop.events,
    'gift.wrapped': v1(z.object({ paper: z.string() })),
    'gift.refused': v1(z.object({ customerId: CustomerId })),
    'gift.unwrapped': nothing,
  },
  participants: {
    ...shop.participants,
    wrapping: {
      consumes: ['stock.reserved'],
      says: { 'gift.wrapped': 'step', 'gift.refused': 'failure', 'gift.unwrapped': 'compensation' },
    },
  },
});
