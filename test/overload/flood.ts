import { consume } from '../../engine/consumer/consume.ts';
import type { HttpReply } from '../../engine/http/http.ts';
import { allOf } from '../../engine/initiator/admission.ts';
import { nudge } from '../../engine/initiator/nudge.ts';
import { waitLimit, whileWaitIsShort } from '../../engine/initiator/wait-limit.ts';
import { waitingLimit, whileFewWait } from '../../engine/initiator/waiting-limit.ts';
import { inventory } from '../../functions/inventory/inventory.ts';
import { order } from '../../functions/order/order.ts';
import { place } from '../../functions/order/place.ts';
import { paced } from '../../functions/payment/pace/paced-stripe.ts';
import { Pacer } from '../../functions/payment/pace/pacer.ts';
import { limitsFrom } from '../../functions/payment/pace/settings.ts';
import { payment } from '../../functions/payment/payment.ts';
import { stripeProvider } from '../../functions/payment/provider.ts';
import { shop } from '../../functions/shop.ts';
import { BEGIN_MS, retryDelays } from '../simulation/world/world.ts';
import { httpEvent } from '../support/http-event.ts';
import { VirtualTime } from '../support/virtual-time.ts';
import { type Allowed, LimitedStripe } from './limited-stripe.ts';
import { Services } from './services.ts';

export interface Flood {
  readonly ordersPerSecond: number;
  readonly seconds: number;
  readonly deadlineSeconds: number;
  /** The setting MAX_WAITING. */
  readonly maxWaiting: string;
  /** The setting MAX_EXPECTED_WAIT_SECONDS. */
  readonly maxWaitSeconds: string;
  /** What Stripe allows. */
  readonly allowed: Allowed;
  /** The kind of key, from which the pace follows. */
  readonly key: string;
  /** The part of the pace that this consumer has. */
  readonly share?: number;
  readonly latencyMs?: number;
}

export interface Aftermath {
  readonly asked: number;
  readonly admitted: number;
  readonly confirmed: number;
  readonly deadLetters: number;
  readonly killed: number;
  readonly refusedByStripe: number;
  readonly callsPerOrder: number;
  /** From the first request until the last order had ended. */
  readonly seconds: number;
  /** The part of the most limited endpoint's rate that was used, from its first call to its last. */
  readonly used: number;
}

/** Everything after the flood has to end within this. */
const PATIENCE_MS = 3 * 3_600_000;

/** Orders arrive faster than Stripe allows to charge them. All but the edges is the product's own. */
export async function flood(plan: Flood): Promise<Aftermath> {
  const time = new VirtualTime(BEGIN_MS);
  const confirmed = new Set<string>();
  const ended = new Set<string>();
  const services = new Services(time, ({ type, messageId }) => {
    if (type === 'order.confirmed') confirmed.add(messageId);
    if (type === 'order.confirmed' || type === 'order.cancelled') ended.add(messageId);
  });
  const stripe = new LimitedStripe(time, plan.allowed, plan.latencyMs);
  begin(services, stripe, time, plan);
  const arrived = arrivals(services, time, plan);
  const total = plan.ordersPerSecond * plan.seconds;
  // An order with a dead letter may never end.
  await time.until(
    () =>
      services.failures.length > 0 ||
      services.deadLetters > 0 ||
      (arrived.answered === total && ended.size === arrived.admitted),
    plan.seconds * 1_000 + PATIENCE_MS,
  );
  if (services.failures.length > 0) throw services.failures[0];
  const creates = stripe.times.get('create') ?? [];
  const span = ((creates.at(-1) ?? 0) - (creates[0] ?? 0)) / 1_000;
  return {
    asked: total,
    admitted: arrived.admitted,
    confirmed: confirmed.size,
    deadLetters: services.deadLetters,
    killed: services.killed,
    refusedByStripe: stripe.refused,
    callsPerOrder: stripe.count / arrived.admitted,
    seconds: (time.now() - BEGIN_MS) / 1_000,
    used: creates.length / span / Math.min(plan.allowed.endpoint, plan.allowed.all / 2),
  };
}

/** The participants, and the schedule once a minute. */
function begin(services: Services, stripe: LimitedStripe, time: VirtualTime, plan: Flood): void {
  services.table('inventory').items.set('SKU#mug', {
    ...{ pk: 'SKU#mug', sku: 'mug', available: 1_000_000, unitPriceMinor: 100, currency: 'EUR' },
    stocktakenAt: '2026-01-01T00:00:00.000Z',
  });
  const timing = { now: time.now, after: time.after, random: Math.random };
  const calls = paced(stripe.calls, new Pacer(limitsFrom({}, plan.key, plan.share), timing), time.now);
  services.consume('order', consume(order, services.edges('order'), retryDelays));
  services.consume('inventory', consume(inventory, services.edges('inventory'), retryDelays));
  const charging = payment(stripeProvider(() => calls));
  services.consume('payment', consume(charging, services.edges('payment'), retryDelays));
  const run = nudge(order, services.edges('order'), () => plan.deadlineSeconds * 1_000, services.backlog);
  const everyMinute = () => {
    time.after(60_000, everyMinute);
    services.table('order').settle();
    run().catch(() => {});
  };
  time.after(60_000, everyMinute);
}

/** The requests, at an even pace. */
function arrivals(services: Services, time: VirtualTime, plan: Flood) {
  const edges = services.edges('order');
  const limit = waitingLimit(shop, { MAX_WAITING: plan.maxWaiting });
  const handler = place(
    edges,
    allOf(
      whileFewWait(services.backlog, time.now, () => limit, 'order'),
      whileWaitIsShort(order, edges, () => waitLimit(plan.maxWaitSeconds)),
    ),
  );
  const arrived = { answered: 0, admitted: 0 };
  const total = plan.ordersPerSecond * plan.seconds;
  const ask = async (number: number) => {
    const reply = (await handler(requestOf(number), {} as never)) as HttpReply;
    arrived.answered += 1;
    if (reply.statusCode === 202) arrived.admitted += 1;
    else if (reply.statusCode !== 503) throw new Error(reply.body);
  };
  for (let number = 0; number < total; number += 1)
    time.after((number * 1_000) / plan.ordersPerSecond, () => {
      ask(number).catch((error: unknown) => services.failures.push(error));
    });
  return arrived;
}

const requestOf = (number: number) =>
  httpEvent({
    headers: { 'content-type': 'application/json', 'idempotency-key': `key-${number}` },
    body: JSON.stringify({ items: [{ sku: 'mug', quantity: 1 }], paymentMethod: 'pm_card_visa' }),
    authorizer: { principalId: 'alice', role: 'customer' },
  });
