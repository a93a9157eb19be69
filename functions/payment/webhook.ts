import { isDeepStrictEqual } from 'node:util';
import Stripe from 'stripe';
import type { Edges } from '../../engine/batch/edges.ts';
import { type Outcome, run } from '../../engine/batch/run.ts';
import { tellOfImpasse } from '../../engine/consumer/impasse.ts';
import { log, logAlsoAbout } from '../../engine/environment/log.ts';
import { endpoint } from '../../engine/http/endpoint.ts';
import { type HttpEvent, type HttpFunction, headerOf, json, traceparentOf } from '../../engine/http/http.ts';
import { Problem } from '../../engine/http/problem.ts';
import { liveEdges } from '../../engine/live.ts';
import { batchMetrics } from '../../engine/metrics/batch-metrics.ts';
import { tellAlarm } from '../../engine/metrics/metrics.ts';
import { HASTY } from '../../engine/rabbitmq/publisher.ts';
import type { ExternalState } from '../../engine/saga/external-state.ts';
import { watchedCalls } from '../../engine/tracing/watched-calls.ts';
import { OrderId, shop } from '../shop.ts';
import { charging, type Provider } from './decide.ts';
import { chargesChanged, webhooksRefused } from './metrics.ts';
import { payment } from './payment.ts';
import { liveProvider } from './provider.ts';
import { whatFailed } from './provider-code.ts';
import type { StripeCalls } from './stripe-calls.ts';
import { liveStripe, liveWebhookSecret } from './stripe-client.ts';

/** https://docs.stripe.com/webhooks#replay-attacks */
const MAX_AGE_SECONDS = 300;

/** Stripe waits for an answer no longer than some seconds. https://docs.stripe.com/webhooks#quickly-return-a-2xx-response */
const TIME_MS = 15_000;

/** Nobody has done anything about the charge. */
const UNTOUCHED = { refundedMinor: 0, disputes: [] };

/** What may change a payment that waits, or one that is over. Stripe is told to send no others. */
const ABOUT = /^(payment_intent\.(succeeded|payment_failed|canceled)|charge\.(refund|dispute)|refund\.)/;

export interface Hook {
  readonly edges: Edges;
  readonly provider: Provider;
  readonly connect: () => StripeCalls | Promise<StripeCalls>;
  readonly secret: () => string | Promise<string>;
}

/**
 * POST /webhooks/stripe. An event of Stripe decides nothing: it says that there is something to see, and the payment
 * service asks Stripe itself, by the id it has written down. So duplicates, late events and lost ones do no harm. Without
 * webhooks the schedule and the daily reconciliation find out, only later. https://docs.stripe.com/webhooks
 */
export function webhook({ edges, provider, connect, secret }: Hook): HttpFunction {
  const participant = watchedCalls(payment(provider));
  return endpoint(shop, [], async (_, request) => {
    const event = genuine(request, await secret(), edges.now());
    if (!ABOUT.test(event.type)) return json(200, { outcome: 'not of interest' });
    const orderId = await orderOf(event, connect).catch((error: unknown) => {
      throw notNow(event, error);
    });
    if (orderId === undefined) return json(200, { outcome: 'of no order' });
    const at = event.type.startsWith('payment_intent.') ? 'call' : 'aftermath';
    logAlsoAbout({ orderId });
    const askedIn = traceparentOf(request);
    const work = [{ sagaId: orderId, input: { type: 'look', at }, askedIn }] as const;
    const metrics = batchMetrics(participant, edges.now);
    const timed = metrics.timing(participant);
    const outcomes = await run(timed, work, edges, undefined, edges.now() + TIME_MS);
    metrics.write({ works: work, outcomes, redelivered: 0 });
    const [outcome] = outcomes;
    if (outcome?.kind === 'failed') throw notNow(event, outcome.error);
    if (outcome?.kind === 'deferred') throw notNow(event, new Error('Stripe refuses calls for now'));
    tell(event, orderId, outcome, edges.now());
    if (outcome?.kind === 'done') tellOfImpasse(participant, outcome.record, edges.now());
    return json(200, { outcome: outcome?.kind });
  });
}

/** @throws Problem 400 if Stripe did not sign it, or longer ago than `MAX_AGE_SECONDS` */
function genuine(request: HttpEvent, secret: string, nowMs: number): Stripe.Event {
  const { body, isBase64Encoded } = request;
  const raw = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  try {
    const signature = headerOf(request, 'stripe-signature') ?? '';
    return Stripe.webhooks.constructEvent(raw, signature, secret, MAX_AGE_SECONDS, undefined, nowMs);
  } catch (error) {
    log('warn', 'webhook refused', { error: error instanceof Error ? error.message : String(error) });
    tellAlarm('payment', webhooksRefused, nowMs);
    throw new Problem('bad-request', 'The header Stripe-Signature does not fit the body, or is too old.');
  }
}

/** Stripe sends it again, for up to three days, if it is answered so. https://docs.stripe.com/webhooks#automatic-retries */
function notNow({ id, type }: Stripe.Event, error: unknown): Problem {
  log('warn', 'webhook not carried out', { eventId: id, type, error: whatFailed(error) });
  return new Problem('unavailable', 'The payment cannot be looked at at the moment.');
}

/** The order of the payment that an event is about; undefined if the account takes payments for others, too. */
async function orderOf(
  { data: { object } }: Stripe.Event,
  connect: Hook['connect'],
): Promise<OrderId | undefined> {
  const about = object as { readonly metadata?: Stripe.Metadata | null; readonly payment_intent?: unknown };
  const named = about.metadata?.orderId ?? (await orderOfIntent(about.payment_intent, connect));
  return OrderId.safeParse(named).data;
}

/** A refund that was made by hand, or a dispute, names its payment intent only. */
async function orderOfIntent(intentId: unknown, connect: Hook['connect']): Promise<string | undefined> {
  if (typeof intentId !== 'string') return undefined;
  try {
    const { metadata } = await (await connect()).paymentIntents.retrieve(intentId);
    return metadata.orderId;
  } catch (error) {
    // Another account's, for which this one takes payments. To ask again would tell no more.
    if (error instanceof Stripe.errors.StripeError && error.code === 'resource_missing') return undefined;
    throw error;
  }
}

/** An alarm counts the warnings. Of a charge that is kept the record tells what is new; a dispute of any other is told, too. */
function tell(
  { type }: Stripe.Event,
  orderId: OrderId,
  outcome: Outcome<ExternalState> | undefined,
  nowMs: number,
): void {
  const { status, observed }: Partial<ExternalState> = outcome?.record?.state ?? {};
  const isNew = outcome?.kind === 'done' && !isDeepStrictEqual(observed, UNTOUCHED) && observed !== undefined;
  const isOfAnother = type.startsWith('charge.dispute.') && status !== charging.names.done;
  if (isNew || isOfAnother) {
    log('warn', 'charge changed by others', { orderId, type, status, observed });
    tellAlarm('payment', chargesChanged, nowMs);
  } else if (outcome?.kind === 'done') log('info', 'payment looked at', { orderId, status });
}

/** Beside the consumers, which have the whole rate, a webhook's calls are few. */
const SHARE = 1 / 25;
const connect = liveStripe(SHARE);
const provider = liveProvider(connect);

export const handler = webhook({
  edges: liveEdges(payment(provider), HASTY),
  provider,
  connect,
  secret: liveWebhookSecret(),
});
