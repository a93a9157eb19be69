import type { Edges } from '../../engine/batch/edges.ts';
import { initiating } from '../../engine/initiator/initiating.ts';
import type { LimitsOf } from '../../engine/initiator/limits.ts';
import { defineSaga } from '../../engine/saga/define-saga.ts';
import { initiator } from '../../engine/saga/initiator.ts';
import { story } from '../../functions/order/decide.ts';
import { ownFaults, ownView } from '../../functions/order/order.ts';
import { place as placeIn } from '../../functions/order/place.ts';
import { orders } from '../../functions/order/table.ts';
import { shop as extended } from '../../functions/shop.ts';
import { type KnownType, knownTypes } from './facts.ts';

const { participants } = extended;

/** The shop's own events, without those of participants that a team has added. */
const events = Object.fromEntries(
  Object.entries(extended.events).filter(([type]) => knownTypes.some((known) => known === type)),
) as Pick<typeof extended.events, KnownType>;

/** The shop as it is delivered: what a test says of it holds however many participants a team adds to its own. */
export const threeServices = defineSaga({
  name: extended.name,
  id: extended.id,
  owner: extended.owner,
  roles: extended.roles,
  completes: ['payment.captured'],
  events,
  participants: {
    order: participants.order,
    inventory: participants.inventory,
    payment: participants.payment,
  },
});

export const decideOrder = initiator(threeServices, story);

export const order = initiating(
  threeServices,
  decideOrder,
  { ...orders, saga: threeServices },
  ownView,
  ownFaults,
);

/** POST /orders */
export const place = (edges: Edges, limitsOf?: LimitsOf) => placeIn(edges, undefined, limitsOf, order);
