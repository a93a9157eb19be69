import type { Context } from 'aws-lambda';
import type { HttpEvent, HttpFunction } from '../../../../engine/http/http.ts';
import type { Hook } from '../../../../functions/payment/webhook.ts';
import { bugsIn } from '../planter/bug.ts';

interface Event {
  readonly type: string;
  readonly data: { readonly object: { readonly id: string } };
}

/** What Stripe tells, and what is made of it. */
export const webhookBugs = bugsIn('functions/payment/webhook.ts', [
  {
    name: 'a forged webhook believed',
    in: 'genuine',
    plant:
      () =>
      ({ body }: HttpEvent): Event =>
        JSON.parse(body ?? ''),
  },
  {
    name: 'a webhook that could not be followed answered as if it had been',
    in: 'webhook',
    plant:
      (original: (hook: Hook) => HttpFunction) =>
      (hook: Hook): HttpFunction => {
        const handle = original(hook);
        return async (event: HttpEvent, context: Context) => {
          const reply = await handle(event, context);
          return reply.statusCode >= 500 ? { ...reply, statusCode: 200 } : reply;
        };
      },
  },
  {
    name: 'a webhook believed instead of asking Stripe',
    in: 'webhook',
    at: { argument: 1, of: 'run' },
    plant: (work: readonly object[], { event }: { readonly event: Event }) =>
      event.type === 'payment_intent.succeeded'
        ? work.map((each) => ({
            ...each,
            input: { type: 'charge.captured', answer: { paymentIntentId: event.data.object.id } },
          }))
        : work,
  },
  {
    name: 'only what is said of payment intents heard',
    in: 'ABOUT',
    plant: () => /^payment_intent\./,
  },
]);
