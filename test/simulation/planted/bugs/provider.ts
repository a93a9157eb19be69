import type { Stripe } from 'stripe';
import type { Answer, Call } from '../../../../engine/saga/external-decision.ts';
import type { PaymentDecline } from '../../../../functions/events.ts';
import type { Provider } from '../../../../functions/payment/decide.ts';
import type { StripeCalls } from '../../../../functions/payment/provider.ts';
import type { OrderId } from '../../../../functions/shop.ts';
import { bugsIn } from '../planter/bug.ts';

type Charged = Awaited<ReturnType<Provider['call']>>;
type Charge = (
  stripe: StripeCalls,
  orderId: OrderId,
  request: Parameters<Provider['call']>[1],
) => Promise<Charged>;
type FindCharge = (stripe: StripeCalls, orderId: OrderId) => Promise<Charged | undefined>;
type Refund = (
  stripe: StripeCalls,
  orderId: OrderId,
  payment: Parameters<Provider['undo']>[1],
  again: boolean,
) => ReturnType<Provider['undo']>;
type Declined = (code: string, message: string) => PaymentDecline;
type DeclineOf = (error: unknown) => PaymentDecline | undefined;
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
      name: 'each charge under a key of its own',
      in: 'charge',
      at: { member: 'idempotencyKey' },
      plant: (key: string) => `${key}:${Math.random()}`,
    },
    {
      name: 'charged without a key',
      in: 'charge',
      at: { member: 'idempotencyKey' },
      plant: () => undefined,
    },
    {
      name: 'charged a cent more',
      in: 'charge',
      plant:
        (original: Charge): Charge =>
        (stripe, orderId, request) =>
          original(stripe, orderId, { ...request, amountMinor: request.amountMinor + 1 }),
    },
    {
      name: 'charged in another currency',
      in: 'charge',
      plant:
        (original: Charge): Charge =>
        (stripe, orderId, request) =>
          original(stripe, orderId, { ...request, currency: 'CHF' }),
    },
    {
      name: 'an earlier charge not looked for',
      in: 'findCharge',
      plant:
        (_: FindCharge): FindCharge =>
        async () =>
          undefined,
    },
    {
      name: 'a failed search taken for no charge',
      in: 'findCharge',
      plant:
        (original: FindCharge): FindCharge =>
        (...charge) =>
          original(...charge).catch(() => undefined),
    },
    {
      name: 'a decline treated as a timeout',
      in: 'declineOf',
      plant:
        (_: DeclineOf): DeclineOf =>
        () =>
          undefined,
    },
    {
      name: 'an error of the provider taken for a decline',
      in: 'declineOf',
      plant:
        (original: DeclineOf, { declined }: { readonly declined: Declined }): DeclineOf =>
        (error) =>
          original(error) ?? declined('error', String(error)),
    },
    {
      name: 'a refund the bank refused taken for done',
      in: 'isRefunded',
      plant:
        (original: (refund: Stripe.Refund) => boolean) =>
        (refund: Stripe.Refund): boolean =>
          original(refund) || refund.status === 'failed',
    },
    {
      name: 'a refund’s key shared by all orders',
      in: 'refund',
      at: { member: 'idempotencyKey' },
      plant: (_: string, { earlier }: { readonly earlier: readonly unknown[] }) => `refund:${earlier.length}`,
    },
    {
      name: 'a refund’s key used again after a refund that failed',
      in: 'refund',
      at: { member: 'idempotencyKey' },
      plant: (_: string, { orderId }: { readonly orderId: OrderId }) => `${orderId}:refund`,
    },
    {
      name: 'a refund under the key of the charge',
      in: 'refund',
      at: { member: 'idempotencyKey' },
      plant: (_: string, { orderId }: { readonly orderId: OrderId }) => orderId,
    },
    {
      name: 'earlier refunds not looked for',
      in: 'refund',
      plant:
        (original: Refund): Refund =>
        (stripe, orderId, payment) =>
          original(stripe, orderId, payment, false),
    },
    {
      name: 'any earlier refund taken for a refund',
      in: 'refund',
      at: { call: 'earlier.find' },
      plant: (_: () => unknown, { earlier }: { readonly earlier: readonly unknown[] }) => earlier[0],
    },
    {
      name: 'a refund of part of the charge',
      in: 'refund',
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
          original(orderId, { ...asked, again: false }),
    },
  ]),
];
