import Stripe from 'stripe';
import { requestOf } from '../actors/request.ts';
import { Settler } from '../actors/settler.ts';
import { statusOf } from '../checker/row.ts';
import type { Aside } from '../deployment.ts';
import { detailOf } from '../faults.ts';
import type { End } from '../invocation.ts';
import type { Lambda } from '../lambda.ts';
import type { Simulation } from '../simulation.ts';
import { keptMinor, type News } from '../world/provider.ts';

export const WEBHOOK_SECRET = 'whsec_simulated';

/** What it has to come to. */
export const bankGoals = [
  ...['approved', 'failed', 'failed, then another card', 'abandoned'].map((end) => `challenge ${end}`),
  ...['refunded later', 'refunded in many parts', 'disputed later', 'resolved', 'resolved in vain'],
];

/** Stripe sends a webhook again if it is not answered with 2xx. */
const AGAIN_AFTER_MS = 60_000;
const MAX_LATE_MS = 2 * 3_600_000;
const MAX_THOUGHT_STEPS = 120;
/** More than a record remembers steps. */
const MAX_PARTS = 40;
const GIVEN_IN_PARTS = 0.01;

/**
 * Customers and their banks, people at Stripe's dashboard, and Stripe's webhooks about all that: what moves money, or tells of it, without a function that has asked for it.
 */
export class Banks implements Aside {
  readonly #simulation: Simulation;
  readonly #lambda: Lambda;
  readonly #hasNews: boolean;
  readonly #settler: Settler;
  #draws = 0;
  #parts = 0;
  /** What never came. A person has Stripe send it again, since the reconciliation has found what it is about. */
  #lost: News[] = [];

  constructor(simulation: Simulation, lambda: Lambda, hasNews: boolean) {
    this.#simulation = simulation;
    this.#lambda = lambda;
    this.#hasNews = hasNews;
    this.#settler = new Settler(simulation, lambda);
  }

  advance(): void {
    const { world } = this.#simulation;
    for (const news of world.provider.takeNews()) this.#hear(news);
  }

  finish(): boolean {
    const { provider } = this.#simulation.world;
    provider.settle();
    const left = [...provider.takeNews(), ...this.#lost];
    this.#lost = [];
    for (const news of left) this.#post(news);
    return left.length > 0 || this.#giveBackAPart();
  }

  /** Somebody at the dashboard gives money back in many small parts, each of which Stripe tells of by itself. */
  #giveBackAPart(): boolean {
    const { world, coverage, seed } = this.#simulation;
    const { provider } = world;
    if (this.#parts === MAX_PARTS || detailOf(seed, 0, 22) > GIVEN_IN_PARTS) return false;
    const intent = provider.intents.find(
      ({ id, orderId, amount, status }) =>
        status === 'succeeded' &&
        amount > MAX_PARTS &&
        provider.disputesOf(id).length === 0 &&
        keptMinor(provider.account(orderId)) > 0 &&
        statusOf(world.recordOf('order', orderId)) === 'CONFIRMED',
    );
    if (intent === undefined) return false;
    this.#parts += 1;
    provider.refundLater(intent.id, 1);
    coverage.count('refunded in many parts');
    return true;
  }

  #hear(news: News): void {
    if (news.type === 'payment_intent.requires_action') this.#challenge(news);
    if (news.type === 'payment_intent.succeeded') this.#regret(news);
    if (!this.#hasNews) {
      this.#lost.push(news);
      return;
    }
    switch (this.#simulation.newsFault()) {
      case 'news-lost':
        this.#lost.push(news);
        return;
      case 'news-doubled':
        this.#post(news);
        this.#post(news);
        return;
      case 'news-late':
        this.#after(Math.round(this.#draw() * MAX_LATE_MS), () => this.#post(news));
        return;
      case 'news-forged':
        this.#post(news);
        this.#forge(news);
        return;
      default:
        this.#post(news);
    }
  }

  /** The customer is at a page of the bank. */
  #challenge({ intentId, orderId }: News): void {
    const { world, checker, coverage } = this.#simulation;
    const { provider } = world;
    const draw = this.#draw();
    const moved = (act: () => void) => () => {
      act();
      checker.moved(orderId);
    };
    const answers: readonly (readonly [upTo: number, name: string, act: () => void])[] = [
      [0.5, 'approved', () => provider.authenticate(intentId, true)],
      [0.65, 'failed', () => provider.authenticate(intentId, false)],
      [
        0.8,
        'failed, then another card',
        () => {
          provider.authenticate(intentId, false);
          this.#later(moved(() => provider.tryAgain(intentId)));
        },
      ],
      [1, 'abandoned', () => {}],
    ];
    const [, name, act] = answers.find(([upTo]) => draw < upTo) ?? [1, 'abandoned', () => {}];
    coverage.count(`challenge ${name}`);
    this.#later(moved(act));
  }

  /** Some charges are given back, or disputed, long after the order was confirmed. */
  #regret({ intentId, orderId }: News): void {
    const { world, coverage, areFaultsOn } = this.#simulation;
    const draw = this.#draw();
    if (!areFaultsOn || draw > 0.15) return;
    if (draw > 0.1) {
      this.#later(() =>
        this.#settler.resolve('payment', orderId, (status) => this.#refuses(orderId, status)),
      );
      return;
    }
    this.#later(() => {
      if (statusOf(world.recordOf('order', orderId)) !== 'CONFIRMED') return;
      // Of what is confirmed nothing is left only where somebody forges failures, or tables were put back.
      if (keptMinor(world.provider.account(orderId)) === 0) return;
      if (draw < 0.05) world.provider.refundLater(intentId, 1);
      else world.provider.dispute(intentId);
      coverage.count(draw < 0.05 ? 'refunded later' : 'disputed later');
    });
  }

  /** An operator takes an order for one that is stuck. */
  #refuses(orderId: string, status: number | undefined): void {
    const { checker, coverage, world } = this.#simulation;
    const wasStuck = statusOf(world.recordOf('payment', orderId)) === 'RESOLVED';
    if (status === 200 && !wasStuck) checker.fail('API', `${orderId} was resolved and is not`);
    if (status === 409) coverage.count('resolved in vain');
  }

  #post(news: News): void {
    this.#send(news, WEBHOOK_SECRET, (status) => {
      if (status === 200) return;
      // A wrong clock takes a webhook for too old.
      if (status !== undefined && status < 500 && !this.#simulation.areFaultsOn)
        this.#simulation.checker.fail('API', `a webhook of Stripe was answered ${status}`);
      this.#after(AGAIN_AFTER_MS, () => this.#post(news));
    });
  }

  /** Somebody who does not know the secret says what may even be true. */
  #forge(news: News): void {
    this.#send(news, 'whsec_forged', (status) => {
      if (status !== undefined && status !== 400)
        this.#simulation.checker.fail('API', `a forged webhook was answered ${status}`);
    });
  }

  #send({ type, intentId, orderId }: News, secret: string, answered: (status: number | undefined) => void) {
    const { world, trace } = this.#simulation;
    trace.say(() => `a webhook: ${type} of ${intentId}`);
    const isIntent = type.startsWith('payment_intent.');
    const object = isIntent
      ? { id: intentId, metadata: { orderId } }
      : { payment_intent: intentId, metadata: {} };
    const payload = JSON.stringify({ id: 'evt_1', object: 'event', type, data: { object } });
    const signed = () => {
      const timestamp = Math.floor(world.clock.nowMs / 1000);
      const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
      const headers = { 'Stripe-Signature': signature };
      return { ...requestOf({ method: 'POST', by: 'stripe', role: 'none' }), headers, body: payload };
    };
    this.#ask('stripe-webhook', signed, answered);
  }

  #ask(name: string, request: () => object, answered: (status: number | undefined) => void): void {
    const run = () =>
      this.#lambda.invoke(name, request(), (end: End) =>
        answered(
          end.kind === 'returned' ? (end.value as { readonly statusCode: number }).statusCode : undefined,
        ),
      );
    this.#simulation.scheduler.add({ run });
  }

  /** After some thought. */
  #later(run: () => void): void {
    const { scheduler, step } = this.#simulation;
    scheduler.addAtStep(step + Math.round(this.#draw() * MAX_THOUGHT_STEPS), { run });
  }

  #after(delayMs: number, run: () => void): void {
    this.#simulation.scheduler.addAfterMs(delayMs, { run });
  }

  #draw(): number {
    this.#draws += 1;
    return detailOf(this.#simulation.seed, this.#draws, 21);
  }
}
