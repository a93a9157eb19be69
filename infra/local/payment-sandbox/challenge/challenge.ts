import type { Moment } from '../endpoint.ts';
import type { Form } from '../http/form.ts';
import type { Decided } from '../ledger/bookkeeping.ts';
import type { Effects } from '../ledger/effects.ts';
import type { LedgerView } from '../ledger/ledger.ts';
import { capture, decline, failAuthentication, methodOf } from '../payments/capture.ts';
import { intentIdIn, orderOf, type PaymentIntent } from '../payments/payment-intent.ts';
import { challengePage, type Page, resultPage } from './challenge-page.ts';

/** GET /challenge?client_secret=…: what a bank shows its customer. https://docs.stripe.com/payments/3d-secure */
export function showChallenge(form: Form, ledger: LedgerView): Page {
  const { intent, refusal } = challenged(form, ledger);
  return intent === undefined ? refusal : challengePage(intent);
}

/**
 * POST /challenge with `client_secret` and `outcome`, `approve` or `fail`. An approval charges: once, since the intent waits
 * for it no more.
 */
export function answerChallenge(form: Form, ledger: LedgerView, moment: Moment): Decided<Page> {
  const { intent, refusal } = challenged(form, ledger);
  if (intent === undefined) return { told: refusal };
  const outcome = form.get('outcome');
  if (outcome !== 'approve' && outcome !== 'fail')
    return { told: resultPage(400, 'The outcome must be approve or fail. Nothing was done.') };
  const effects = outcome === 'approve' ? approve(intent, moment) : { intent: failAuthentication(intent) };
  return {
    record: { kind: 'happened', at: moment.at.toISOString(), order: orderOf(intent), ...effects },
    told: resultPage(200, `The payment is ${effects.intent.status}. You can close this page.`),
  };
}

/** Decisions on it are made one after another. */
export const challengedIntentId = (form: Form): string => intentIdIn(form.get('client_secret') ?? '');

/** A customer that the bank knows is charged, or declined after all. */
function approve(intent: PaymentIntent, moment: Moment): Effects & { readonly intent: PaymentIntent } {
  const method = methodOf(intent);
  return method?.charge === 'authentication_required' && method.declineAfterwards !== undefined
    ? { intent: decline(intent, method.declineAfterwards, moment).intent }
    : capture(intent, moment, null);
}

type Challenged =
  | { readonly intent: PaymentIntent; readonly refusal?: undefined }
  | { readonly intent?: undefined; readonly refusal: Page };

function challenged(form: Form, ledger: LedgerView): Challenged {
  const secret = form.get('client_secret') ?? '';
  const intent = ledger.intent(intentIdIn(secret));
  if (intent === undefined || intent.clientSecret !== secret)
    return { refusal: resultPage(404, 'There is no payment with this client_secret.') };
  if (intent.status !== 'requires_action')
    return {
      refusal: resultPage(409, `The payment is ${intent.status}, and waits for nobody. Nothing was done.`),
    };
  return { intent };
}
