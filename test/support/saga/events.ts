import { seal as sealFact } from '../../../engine/saga/envelope.ts';
import { shop, type Fact as TypedFact } from '../../../functions/shop.ts';

/** A fact as a stranger would write it: ids are plain strings. */
export interface Fact {
  readonly type: TypedFact['type'];
  readonly data: object;
}

/** The event as the product would send it. */
export function seal(shop, fact: Fact, orderId: string) {
  const occasion = { orderId, nowMs: Date.now() };
  return sealFact(fact as TypedFact, occasion as Parameters<typeof sealFact>[1]);
}
