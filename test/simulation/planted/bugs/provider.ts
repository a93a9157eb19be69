import type { Stripe } from 'stripe';
import type { Answer, Call } from '../../../../engine/saga/external-state.ts';
import type { PaymentDecline } from '../../../../functions/events.ts';
import type { Provider } from '../../../../functions/payment/decide.ts';
import type { giveBack } from '../../../../functions/payment/refund.ts';
import type { StripeCalls } from '../../../../functions/payment/stripe-client.ts';
import type { OrderId } from '../../../../functions/shop.ts';
import { bugsIn } from '../planter/bug.ts';

type Charged = Awaited<ReturnType<Provider['call']>>;
type Create = (
  stripe: StripeCalls,
  orderId: OrderId,
  request: Parameters<Provider['prepare']>[1],
) => ReturnType<Provider['prepare']>;
type GoOn = (
  stripe: StripeCalls,
  request: Parameters<Provider['call']>[1],
  unwanted: boolean,
) => Promise<Charged>;
type Declined = (code: string, message: string) => PaymentDecline;
type DeclineOf = (error: unknown) => PaymentDecline;
type Perform = (orderId: OrderId, asked: Call) => Promise<Answer>;

/** What the provider is asked, and what its answers are taken for. */
export const providerBugs = [
  ...bugsIn('functions/payment/provider.ts', [
    {
      name: 'a timeout treated as a decline',
      in: 'stripeProvider.call',
      plant:
        (original: Provider['call'], { declined }: { readonly declined: Declined }): Provider['call'] =>
        (...charge) =>
          original(...charge).catch(() => ({ refused: { decline: declined('timeout', 'timeout') } })),
    },
    {
      name: 'a cent more charged',
      in: 'create',
      plant:
        (original: Create): Create =>
        (stripe, orderId, request) =>
          original(stripe, orderId, { ...request, amountMinor: request.amountMinor + 1 }),
    },
    {
      name: 'charged in another currency',
      in: 'create',
      plant:
        (original: Create): Create =>
        (stripe, orderId, request) =>
          original(stripe, orderId, { ...request, currency: 'CHF' }),
    },
    {
      name: 'charged before the id of the intent is written',
      in: 'create',
      plant:
        (original: Create): Create =>
        async (stripe, orderId, request) => {
          const made = await original(stripe, orderId, request);
          if ('prepared' in made) await stripe.paymentIntents.confirm(made.prepared.paymentIntentId);
          return made;
        },
    },
    {
      name: 'an error of the provider taken for a decline',
      in: 'declineOf',
      plant:
        (_: DeclineOf, { declined }: { readonly declined: Declined }): DeclineOf =>
        (error) =>
          declined('error', String(error)),
    },
    {
      name: 'a charge that nobody wants any more taken for none',
      in: 'goOn',
      plant:
        (original: GoOn, { declined }: { readonly declined: Declined }): GoOn =>
        async (stripe, request, unwanted) =>
          unwanted
            ? { refused: { decline: declined('canceled', 'canceled') } }
            : await original(stripe, request, unwanted),
    },
    {
      name: 'an intent that nobody wants any more left open',
      in: 'isOpen',
      plant: () => () => false,
    },
    {
      name: 'what a person gave back not looked for',
      in: 'refundedOf',
      plant: () => () => 0,
    },
    {
      name: 'what a person left of a charge kept',
      in: 'revoked',
      plant:
        (_: (id: string) => Charged, { declined }: { readonly declined: Declined }) =>
        (): Charged => ({
          refused: { decline: declined('charge_refunded', 'refunded') },
        }),
    },
    {
      name: 'a charge that was given back taken for none where nobody wants it any more',
      in: 'goOn',
      plant:
        (original: GoOn, { declined }: { readonly declined: Declined }): GoOn =>
        async (stripe, request, unwanted) => {
          const answer = await original(stripe, request, unwanted);
          return unwanted && 'revoked' in answer
            ? { refused: { decline: declined('charge_refunded', 'refunded') } }
            : answer;
        },
    },
    {
      name: 'a challenge of the customer’s bank taken for a decline',
      in: 'challengeOf',
      plant:
        (_: unknown, { declined }: { readonly declined: Declined }) =>
        (): Charged => ({ refused: { decline: declined('authentication_required', 'challenged') } }),
    },
    {
      name: 'a failed challenge said while the customer may still pay with another card',
      in: 'isOpen',
      plant:
        (original: (intent: Stripe.PaymentIntent) => boolean) =>
        (intent: Stripe.PaymentIntent): boolean =>
          original(intent) && intent.status !== 'requires_payment_method',
    },
    {
      name: 'a charge that is decided later taken for a decline',
      in: 'answerOf',
      plant:
        (
          original: (intent: Stripe.PaymentIntent) => Charged,
          { declined }: { readonly declined: Declined },
        ): typeof original =>
        (intent) =>
          intent.status === 'processing'
            ? { refused: { decline: declined('processing', 'processing') } }
            : original(intent),
    },
    {
      name: 'what a person gave back later recorded as nothing',
      in: 'observe',
      plant: () => async () => ({ refundedMinor: 0, disputes: [] }),
    },
  ]),
  ...bugsIn('functions/payment/pace/paced-stripe.ts', [
    {
      name: 'a call that Stripe refuses for now counted as an attempt',
      in: 'learnedFrom',
      plant: () => (error: unknown) => error,
    },
  ]),
  ...bugsIn('functions/payment/refund.ts', [
    {
      name: 'a refund asked for for ever that Stripe has refused for good',
      in: 'FINAL',
      plant: () => new Set(),
    },
    {
      name: 'a refund the bank refused taken for done',
      in: 'isGiven',
      plant:
        (original: (refund: Stripe.Refund) => boolean) =>
        (refund: Stripe.Refund): boolean =>
          original(refund) || refund.status === 'failed',
    },
    {
      name: 'a refund that is pending taken for done',
      in: 'giveBack',
      at: { call: 'given.find' },
      plant: () => undefined,
    },
    {
      name: 'a refund that somebody has to act for taken for done',
      in: 'giveBack',
      at: { call: 'given.find' },
      plant: (original: () => Stripe.Refund | undefined) => {
        const open = original();
        return open?.status === 'requires_action' ? undefined : open;
      },
    },
    {
      name: 'only the newest refund looked at',
      in: 'refundsOf',
      plant: () => async (stripe: StripeCalls, paymentIntentId: string) => {
        const { data } = await stripe.refunds.list({ payment_intent: paymentIntentId, limit: 1 });
        return data;
      },
    },
    {
      name: 'no refund after the first page looked at',
      in: 'refundsOf',
      plant: () => async (stripe: StripeCalls, paymentIntentId: string) => {
        const { data } = await stripe.refunds.list({ payment_intent: paymentIntentId, limit: 100 });
        return data;
      },
    },
    {
      name: 'a part that was given back taken for all',
      in: 'givenIn',
      plant:
        (original: (refunds: readonly Stripe.Refund[]) => number) =>
        (refunds: readonly Stripe.Refund[]): number =>
          original(refunds) > 0 ? Number.MAX_SAFE_INTEGER : 0,
    },
    {
      name: 'earlier refunds not looked for',
      in: 'giveBack',
      plant:
        (original: typeof giveBack): typeof giveBack =>
        (stripe, orderId, payment) =>
          original(stripe, orderId, payment, false),
    },
    {
      name: 'all given back although a part was',
      in: 'giveBack',
      at: { argument: 0, of: 'stripe.refunds.create' },
      plant: (wanted: object, { amountMinor }: { readonly amountMinor: number }) => ({
        ...wanted,
        amount: amountMinor,
      }),
    },
    {
      name: 'a refund of part of the charge',
      in: 'giveBack',
      at: { argument: 0, of: 'stripe.refunds.create' },
      plant: (wanted: object) => ({ ...wanted, amount: 1 }),
    },
  ]),
  ...bugsIn('engine/batch/outside.ts', [
    {
      name: 'a refund said to be made and never asked for',
      in: 'externalParticipant.perform',
      plant:
        (original: Perform): Perform =>
        async (orderId, asked) =>
          asked.call === 'undo'
            ? { type: 'refund.succeeded', answer: { refundId: 're_0' } }
            : await original(orderId, asked),
    },
    {
      name: 'what may have been asked before asked as if for the first time',
      in: 'externalParticipant.perform',
      plant:
        (original: Perform): Perform =>
        (orderId, asked) =>
          original(orderId, 'again' in asked ? { ...asked, again: false } : asked),
    },
  ]),
];
