import type { Caller } from '../../engine/http/identity.ts';
import { shop } from '../shop.ts';
import type { Stock } from './table.ts';
import type { ProductView } from './view.ts';

type Availability = ProductView['availability'];

/** Up to so many pieces are LOW, unless LOW_STOCK says otherwise. */
const LOW = 10;

export function availabilityOf(available: number, low: number): Availability {
  if (available <= 0) return 'OUT_OF_STOCK';
  return available <= low ? 'LOW' : 'IN_STOCK';
}

/** @throws RangeError if the setting is no number */
export function lowSetting(text = process.env.LOW_STOCK): number {
  if (text === undefined || text === '') return LOW;
  if (!/^\d{1,9}$/.test(text))
    throw new RangeError(`LOW_STOCK is ${JSON.stringify(text)}: it has to be a number`);
  return Number(text);
}

/** A customer who saw the number could wait for the moment at which all of it can be had. Staff see it. */
export function stockFor({ role }: Caller, { available, stocktakenAt, ...product }: Stock): ProductView {
  const seen = { ...product, availability: availabilityOf(available, lowSetting()) };
  return role === shop.ownerRole ? seen : { ...seen, available, stocktakenAt };
}
