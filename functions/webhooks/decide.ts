/** What subscribers are told of an order's end. The engine has the states (`external-decision.ts`): ASKING until all are told. */
import * as z from 'zod';
import type { DefinedSaga } from '../../engine/saga/define-saga.ts';
import { externalStep } from '../../engine/saga/external-step.ts';
import { impersonal } from '../../engine/saga/personal-data.ts';
import { AmountMinor, Currency } from '../money.ts';
import { shop } from '../shop.ts';
import type { Listening } from '../subscribers.ts';

type Parts = typeof shop.participants & Listening;
type WithListener = DefinedSaga<typeof shop.events, Parts, typeof shop.owner>;

/** The members of order.confirmed and of order.cancelled that are told, and no others: no customer, and nothing of what they bought. */
const Told = z.object({
  amountMinor: AmountMinor.optional(),
  currency: Currency.optional(),
  code: z.string().meta(impersonal).optional(),
});
export type Told = z.infer<typeof Told>;

// The compiler does not know whether the shop has this participant.
const makeStep = () =>
  externalStep(shop as unknown as WithListener, 'webhooks', {
    asks: Told,
    names: { asking: 'TELLING', done: 'TOLD' },
  });
let made: ReturnType<typeof makeStep> | undefined;

/** The step that tells subscribers. @throws Error if there are none, and so no such participant */
export const webhooksStep = () => (made ??= makeStep());

/** Whoever carries the news to the subscribers. */
export type Outside = NonNullable<ReturnType<typeof makeStep>['outside']>;
