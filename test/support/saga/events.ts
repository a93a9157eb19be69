import { seal as sealFact } from '../../../engine/saga/envelope.ts';
import { type OrderId, shop, type Fact as TypedFact } from '../../../functions/shop.ts';

/** A fact whose ids are plain strings. */
export interface Fact {
  readonly type: TypedFact['type'];
  readonly data: object;
}

/** The event as the product would send it. */
export const seal = (fact: Fact, orderId: string) =>
  sealFact(shop, fact as TypedFact, { sagaId: orderId as OrderId, nowMs: Date.now() });
