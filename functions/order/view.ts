import * as z from 'zod';
import { sagaView } from '../../engine/initiator/saga-view.ts';
import { Lines } from '../events.ts';
import { AmountMinor, Currency } from '../money.ts';
import { shop } from '../shop.ts';

/** What an order shows beside what every saga does. `items` is missing once it is forgotten, the money until it is paid. */
const Own = z.object({
  items: Lines.optional(),
  totalMinor: AmountMinor.optional(),
  currency: Currency.optional(),
});
export type OwnView = z.infer<typeof Own>;

/** An order as its customer sees it. */
export const OrderView = sagaView(shop, Own);
