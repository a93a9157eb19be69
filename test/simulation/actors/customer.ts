import { type Row, rowOf, statusOf } from '../checker/row.ts';
import type { End } from '../invocation.ts';
import type { Lambda } from '../lambda.ts';
import { Random } from '../random.ts';
import { remembered } from '../remembered.ts';
import type { Simulation } from '../simulation.ts';
import { attemptOf } from './prying.ts';
import { isAnswer, type Reply, replyOf, requestOf } from './request.ts';
import {
  type Body,
  type CustomerPlan,
  type CustomerWish,
  LATE_BY_MS,
  type PryingWish,
  pryingWishes,
  type RecordWish,
  type Redelivery,
  type UsualWish,
} from './workload.ts';

/** What a caller was told, so that it can be held against what is true in the end. */
export interface Told {
  orderId: string | undefined;
  /** The body that was accepted first. */
  accepted: Body | undefined;
  isCancelAccepted: boolean;
  isCancelRefused: boolean;
  /** In which roles somebody has asked for a cancellation. */
  readonly cancelAskedBy: Set<string>;
}

/** How often a customer who got no answer wants something else by then, and uses the same key for it. */
const CHANGED_MIND = 0.1;

/** Of what a customer wants, which never changes. */
const textOf = remembered((wanted: Body | Body['items']) => JSON.stringify(wanted));

const isPrying = (kind: CustomerWish | PryingWish): kind is PryingWish =>
  pryingWishes.some((each) => each === kind);

const isOfRecord = (kind: CustomerWish): kind is RecordWish => kind.startsWith('get-');

/** A customer who places one order, tries again when no good answer comes, and changes their mind. */
export class Customer {
  readonly plan: CustomerPlan;
  readonly told: Told = {
    orderId: undefined,
    accepted: undefined,
    isCancelAccepted: false,
    isCancelRefused: false,
    cancelAskedBy: new Set(),
  };
  readonly #simulation: Simulation;
  readonly #lambda: Lambda;
  readonly #random: Random;
  readonly #redelivery: Redelivery;
  readonly #bodiesSent = new Set<string>();
  #hasAsked = false;

  constructor(plan: CustomerPlan, simulation: Simulation, lambda: Lambda, redelivery: Redelivery) {
    this.plan = plan;
    this.#redelivery = redelivery;
    this.#simulation = simulation;
    this.#lambda = lambda;
    this.#random = new Random(simulation.seed, 8, plan.id);
  }

  start(): void {
    const { atStep, isDouble, patience, body, other } = this.plan;
    this.#at(atStep, () => this.place(body, patience));
    if (isDouble) this.#at(atStep + 1, () => this.place(this.#random.chance(0.5) ? body : other, 0));
  }

  place(body: Body, patience: number): void {
    const { name, key } = this.plan;
    const wasAccepted = this.told.accepted;
    this.#bodiesSent.add(textOf(body));
    this.#send('place-order', { method: 'POST', by: name, role: 'customer', key, body }, (reply) => {
      if (reply?.statusCode === 202) this.#accepted(body, reply);
      else if (reply?.statusCode === 422) this.#reused(body);
      else if (isAnswer(reply)) this.#unexpected('place-order', reply);
      else if (patience > 0) {
        const again = this.#random.chance(CHANGED_MIND) ? this.plan.other : body;
        this.#again(() => this.place(again, patience - 1));
      }
      if (reply?.statusCode === 202 && wasAccepted !== undefined && wasAccepted !== body) {
        this.#simulation.checker.fail('P5', `${key} was accepted with another body`);
      }
    });
  }

  #accepted(body: Body, { body: { orderId } }: Reply): void {
    const { checker, world } = this.#simulation;
    if (this.told.accepted === undefined) {
      this.told.accepted = body;
      this.told.orderId = orderId;
    }
    if (textOf(this.told.accepted) !== textOf(body)) {
      checker.fail('P5', `${this.plan.key} was accepted with two bodies`);
    }
    if (this.told.orderId !== orderId)
      checker.fail('P5', `${this.plan.key} is ${this.told.orderId} and ${orderId}`);
    const state = rowOf(world.sagas.get(orderId))?.state as Body | undefined;
    if (state === undefined) checker.fail('P6', `${orderId} was accepted and is not there`);
    else if (textOf(state.items) !== textOf(body.items)) {
      checker.fail('P5', `${orderId} was accepted and is another order`);
    }
    if (this.#hasAsked) return;
    this.#hasAsked = true;
    for (const { kind, afterSteps, atCall } of this.plan.wishes) {
      if (atCall === undefined) this.#at(afterSteps, () => this.#wish(kind));
      else this.#simulation.scheduler.addAtCall(atCall, { run: () => this.#wish(kind) });
    }
  }

  /** P5, for ever: the same key is the same order to the same body, and no other body's. */
  askAgain(): void {
    const { accepted } = this.told;
    if (accepted === undefined) return;
    this.place(accepted, 0);
    if (textOf(accepted) !== textOf(this.plan.other)) this.place(this.plan.other, 0);
  }

  #reused(body: Body): void {
    const { accepted } = this.told;
    this.#simulation.coverage.count('422 for another body');
    if (this.#bodiesSent.size === 1) {
      this.#simulation.checker.fail('P5', `${this.plan.key} was refused although it came with one body only`);
    }
    if (accepted !== undefined && textOf(accepted) === textOf(body)) {
      this.#simulation.checker.fail('P5', `${this.plan.key} was refused with the body that was accepted`);
    }
  }

  #wish(kind: CustomerWish | PryingWish): void {
    const { body, other, name } = this.plan;
    const { orderId = '' } = this.told;
    if (isPrying(kind)) {
      this.#pry(kind, orderId);
      return;
    }
    const own = { by: name, role: 'customer', path: { orderId } } as const;
    const read = (what: string, statusCodes: readonly number[], by = name) =>
      this.#send(what, { method: 'GET', ...own, by }, (reply) => this.#expect(reply, statusCodes, what));
    if (isOfRecord(kind)) {
      // There is one as soon as its service has heard of the order.
      read(kind, [200, 404]);
      return;
    }
    const acts: Readonly<Record<UsualWish, () => void>> = {
      cancel: () => this.#cancel({ method: 'POST', ...own }),
      'operator-cancel': () => this.#cancel({ method: 'POST', ...own, by: 'operator', role: 'operator' }),
      again: () => this.place(body, 0),
      'other-body': () => this.place(other, 0),
      get: () => this.#look(() => {}),
      stranger: () => read('get-order', [404], 'stranger'),
      list: () => this.#list({ method: 'GET', ...own }),
    };
    acts[kind]();
  }

  #pry(kind: PryingWish, orderId: string): void {
    const { name, request, statusCode } = attemptOf(kind, this.plan, orderId);
    this.#send(name, request, (reply) => this.#expect(reply, [statusCode], kind));
  }

  #look(see: (order: Reply['body']) => void): void {
    const { accepted, orderId = '' } = this.told;
    const request = { method: 'GET', by: this.plan.name, role: 'customer', path: { orderId } } as const;
    this.#send('get-order', request, (reply) => {
      this.#expect(reply, [200], 'get-order');
      if (reply?.statusCode !== 200) return;
      const { body } = reply;
      if (body.orderId !== orderId || JSON.stringify(body.items) !== JSON.stringify(accepted?.items))
        this.#simulation.checker.fail('API', `${orderId} was asked for and ${JSON.stringify(body)} shown`);
      see(body);
    });
  }

  /** Now that nothing moves any more: what is shown is what is stored. */
  lookAgain(): void {
    const { checker, world } = this.#simulation;
    if (this.told.orderId === undefined) return;
    this.#look((shown) => {
      const { state } = rowOf(world.sagas.get(shown.orderId)) ?? {};
      for (const name of ['status', 'totalMinor', 'currency', 'reason']) {
        if (JSON.stringify(shown[name]) !== JSON.stringify(state[name]))
          checker.fail('API', `${shown.orderId} shows ${name} ${JSON.stringify(shown[name])}`);
      }
    });
    const own = { method: 'GET', by: this.plan.name, role: 'customer' } as const;
    this.#list(own, (shown) => {
      const owned = [...world.sagas.values()]
        .map((item) => rowOf(item)?.state as Row)
        .filter(({ customerId }) => customerId === this.plan.name);
      const times = shown.map(({ orderId }) => rowOf(world.sagas.get(orderId))?.state.createdAtMs);
      if (times.length !== owned.length || times.some((atMs, index) => atMs > (times[index - 1] ?? atMs)))
        checker.fail('API', `${this.plan.name} has ${owned.length} orders and is shown ${times.join(', ')}`);
    });
  }

  #list(request: Parameters<typeof requestOf>[0], see: (orders: readonly Row[]) => void = () => {}): void {
    const { checker, world } = this.#simulation;
    this.#send('list-orders', request, (reply) => {
      this.#expect(reply, [200], 'list-orders');
      for (const { orderId } of reply?.body.items ?? []) {
        const owner = rowOf(world.sagas.get(orderId))?.state.customerId;
        if (owner !== request.by) checker.fail('API', `${request.by} was shown ${orderId} of ${owner}`);
      }
      if (reply?.statusCode === 200) see(reply.body.items);
    });
  }

  #cancel(request: Parameters<typeof requestOf>[0], patience = this.plan.patience): void {
    const { checker, coverage, world } = this.#simulation;
    this.told.cancelAskedBy.add(request.role.toUpperCase());
    this.#send('cancel-order', request, (reply) => {
      if (!isAnswer(reply) && patience > 0) this.#again(() => this.#cancel(request, patience - 1));
      if (reply?.statusCode === 202) {
        this.told.isCancelAccepted = true;
        coverage.count('202 for a cancel');
        const status = statusOf(world.sagas.get(this.told.orderId ?? ''));
        if (status !== 'CANCELLING' && status !== 'CANCELLED')
          checker.fail('P6', `a cancel was accepted of a ${status} order`);
      } else if (reply?.statusCode === 409) {
        this.told.isCancelRefused = true;
        coverage.count('409 for a cancel');
      } else this.#expect(reply, [202], 'cancel-order');
    });
  }

  #expect(reply: Reply | undefined, statusCodes: readonly number[], what: string): void {
    if (isAnswer(reply) && !statusCodes.includes(reply.statusCode)) this.#unexpected(what, reply);
  }

  #unexpected(what: string, { statusCode, body }: Reply): void {
    this.#simulation.checker.fail('API', `${what} was answered ${statusCode} ${JSON.stringify(body)}`);
  }

  /** The reply is undefined if the function's environment crashed: API Gateway answers 502 then. */
  #send(
    name: string,
    request: Parameters<typeof requestOf>[0],
    heard: (reply: Reply | undefined) => void,
  ): void {
    this.#simulation.trace.say(
      () =>
        `${request.by} ${name} ${request.key ?? request.path?.orderId ?? ''} ${JSON.stringify(request.body ?? '')}`,
    );
    this.#lambda.invoke(name, requestOf(request), (end: End) =>
      heard(end.kind === 'returned' ? replyOf(end.value) : undefined),
    );
  }

  #again(run: () => void): void {
    if (this.#redelivery === 'late') this.#simulation.scheduler.addAfterMs(LATE_BY_MS, { run });
    else this.#at(this.#random.below(30), run);
    if (this.#redelivery === 'twice') this.#at(this.#random.below(30), run);
  }

  #at(afterSteps: number, run: () => void): void {
    this.#simulation.scheduler.addAtStep(this.#simulation.step + afterSteps, { run });
  }
}
