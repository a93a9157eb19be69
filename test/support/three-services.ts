import { initiating } from '../../engine/initiator/initiating.ts';
import { defineSaga } from '../../engine/saga/define-saga.ts';
import { initiator } from '../../engine/saga/initiator.ts';
import { story } from '../../functions/order/decide.ts';
import { orders } from '../../functions/order/table.ts';
import { shop as extended } from '../../functions/shop.ts';

const { participants } = extended;

/** Their events, without those of participants that a team has added to the shop. */
const {
  'order.placed': placed,
  'stock.reserved': reserved,
  'payment.captured': captured,
  'stock.rejected': rejected,
  'payment.declined': declined,
  'order.cancelling': cancelling,
  'stock.released': released,
  'payment.voided': voided,
  'payment.refunded': refunded,
  'order.confirmed': confirmed,
  'order.cancelled': cancelled,
} = extended.events;

/** The shop as it is delivered: what a test says of it holds however many participants a team adds to its own. */
export const threeServices = defineSaga({
  name: extended.name,
  id: extended.id,
  owner: extended.owner,
  completes: ['payment.captured'],
  events: {
    'order.placed': placed,
    'stock.reserved': reserved,
    'payment.captured': captured,
    'stock.rejected': rejected,
    'payment.declined': declined,
    'order.cancelling': cancelling,
    'stock.released': released,
    'payment.voided': voided,
    'payment.refunded': refunded,
    'order.confirmed': confirmed,
    'order.cancelled': cancelled,
  },
  participants: {
    order: participants.order,
    inventory: participants.inventory,
    payment: participants.payment,
  },
});

export const decideOrder = initiator(threeServices, story);

export const order = initiating(threeServices, decideOrder, { ...orders, saga: threeServices }, () => ({}));
