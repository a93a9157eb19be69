import type { Stripe } from 'stripe';
import type { Provider } from '../../../functions/payment/decide.ts';
import { bugsIn } from '../planted/planter/bug.ts';

type Recall = NonNullable<Provider['recall']>;
interface SaidAgain {
  readonly kind: 'repeat';
  readonly also?: readonly { readonly type: string; readonly data: object }[];
}
interface State {
  readonly status: string;
}
type SayAgain = (state: State) => SaidAgain;

/** What may go wrong after a restore only, so that only the drill finds it. */
export const drillBugs = [
  ...bugsIn('functions/payment/restored.ts', [
    {
      name: 'a restored payment charges again what it has forgotten',
      in: 'RestoredCharges.of',
      plant: () => async () => undefined,
    },
    {
      name: 'an intent that was never confirmed taken for the charge',
      in: 'rankOf',
      plant:
        (original: (intent: Stripe.PaymentIntent) => number) =>
        (intent: Stripe.PaymentIntent): number =>
          intent.status === 'requires_confirmation' ? 0 : original(intent) + 1,
    },
  ]),
  ...bugsIn('functions/payment/provider.ts', [
    {
      name: 'a forgotten charge not undone, as nothing is known of it',
      in: 'recallingProvider.recall',
      plant:
        (original: Recall): Recall =>
        async (orderId, known) =>
          known.unwanted ? undefined : await original(orderId, known),
    },
    {
      name: 'a charge said again that has been given back since',
      in: 'recallDone',
      at: { call: 'hasGivenBack' },
      plant: () => false,
    },
  ]),
  ...bugsIn('engine/saga/initiator.ts', [
    {
      name: 'say-again cancels what is confirmed',
      in: 'Initiator.#sayAgain',
      plant:
        (original: SayAgain): SayAgain =>
        (state) => {
          const { customerId } = state as { readonly customerId?: string };
          const also = [{ type: 'order.cancelling', data: { customerId, cause: 'OPERATOR' } }];
          return state.status === 'CONFIRMED' ? { kind: 'repeat', also } : original(state);
        },
    },
    {
      name: 'say-again says nothing of a confirmed saga, so that its stock is forgotten',
      in: 'Initiator.#sayAgain',
      plant:
        (original: SayAgain): SayAgain =>
        (state) =>
          state.status === 'CONFIRMED' ? { kind: 'repeat' } : original(state),
    },
    {
      name: 'say-again says nothing of a cancelled saga, so that what it held is kept',
      in: 'Initiator.#sayAgain',
      plant:
        (original: SayAgain): SayAgain =>
        (state) =>
          state.status === 'CANCELLED' ? { kind: 'repeat' } : original(state),
    },
    {
      name: 'what is held for a lost saga left where it is',
      in: 'Initiator.#sayOfLost',
      plant: () => () => ({ kind: 'ignore', reason: 'it is lost' }),
    },
  ]),
];
