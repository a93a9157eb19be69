import type { Item } from '../../../engine/batch/store.ts';
import type { Saga } from '../../../engine/saga/saga.ts';
import { isForgotten, originalOf } from '../checker/forgotten.ts';
import { type Row, rowOf, statusOf } from '../checker/row.ts';
import type { End } from '../invocation.ts';
import type { Lambda } from '../lambda.ts';
import { Random } from '../random.ts';
import { remembered } from '../remembered.ts';
import type { Simulation } from '../simulation.ts';
import { attemptOf } from './prying.ts';
import { isAnswer, type Reply, type Request, replyOf, requestOf } from './request.ts';
import {
  type Body,
  type CustomerPlan,
  type Desk,
  LATE_BY_MS,
  type Redelivery,
  type UsualWish,
} from './workload.ts';

/** What a caller was told, so that it can be held against what is true in the end. */
export interface Told {
  sagaId: string | undefined;
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
const textOf = remembered((wanted: unknown) => JSON.stringify(wanted));

/** A customer who begins one saga, tries again when no good answer comes, and changes their mind. */
export class Customer {
  readonly plan: CustomerPlan;
  readonly told: Told = {
    sagaId: undefined,
    accepted: undefined,
    isCancelAccepted: false,
    isCancelRefused: false,
    cancelAskedBy: new Set(),
  };
  readonly #simulation: Simulation;
  readonly #lambda: Lambda;
  readonly #random: Random;
  readonly #redelivery: Redelivery;
  readonly #desk: Desk;
  readonly #saga: Saga;
  readonly #bodiesSent = new Set<string>();
  #hasAsked = false;

  constructor(
    plan: CustomerPlan,
    simulation: Simulation,
    lambda: Lambda,
    { redelivery, desk }: { readonly redelivery: Redelivery; readonly desk: Desk },
  ) {
    this.plan = plan;
    this.#desk = desk;
    this.#saga = simulation.cast.saga;
    this.#redelivery = redelivery;
    this.#simulation = simulation;
    this.#lambda = lambda;
    this.#random = new Random(simulation.seed, 8, plan.id);
  }

  /** What only its sagas know of it. */
  get secrets(): readonly string[] {
    const { private: names = [] } = this.#desk;
    return names.flatMap((name) => [String(this.plan.body[name]), String(this.plan.other[name])]);
  }

  start(): void {
    const { atStep, isDouble, patience, body, other } = this.plan;
    this.#at(atStep, () => this.place(body, patience));
    if (isDouble) this.#at(atStep + 1, () => this.place(this.#random.chance(0.5) ? body : other, 0));
  }

  place(body: Body, patience: number): void {
    const { key } = this.plan;
    const place = `place-${this.#saga.initiator}`;
    const wasAccepted = this.told.accepted;
    this.#bodiesSent.add(textOf(body));
    this.#send(place, { method: 'POST', ...this.#own, key, body }, (reply) => {
      const isAccepted = reply?.statusCode === 202 || reply?.statusCode === 200;
      if (isAccepted) this.#accepted(body, reply);
      else if (reply?.statusCode === 422) this.#reused(body);
      else if (reply?.statusCode === 429) this.#toComeLater(body, patience, wasAccepted);
      else if (isAnswer(reply)) this.#unexpected(place, reply);
      else if (patience > 0) {
        const again = this.#random.chance(CHANGED_MIND) ? this.plan.other : body;
        this.#again(() => this.place(again, patience - 1));
      }
      if (isAccepted && wasAccepted !== undefined && wasAccepted !== body) {
        this.#simulation.checker.fail('P5', `${key} was accepted with another body`);
      }
    });
  }

  /** Only who begins something new can be told so, and only by limits. */
  #toComeLater(body: Body, patience: number, accepted: Body | undefined): void {
    const { checker, coverage, rules } = this.#simulation;
    const { name, key } = this.plan;
    coverage.count('429 for a customer');
    if (accepted !== undefined) checker.fail('P5', `${key} was accepted before, and is to come later`);
    if (rules.wasLimited?.(name) !== true)
      checker.fail('fairness', `${name} was told to come later for no reason`);
    if (patience > 0) this.#again(() => this.place(body, patience - 1));
  }

  get #own() {
    return { by: this.plan.name, role: this.#saga.ownerRole };
  }

  get #path(): Readonly<Record<string, string>> {
    return { [this.#saga.id.name]: this.told.sagaId ?? '' };
  }

  #accepted(body: Body, { statusCode, body: shown }: Reply): void {
    const { checker, world } = this.#simulation;
    const { [this.#saga.id.name]: sagaId } = shown;
    if (this.told.accepted === undefined) {
      this.told.accepted = body;
      this.told.sagaId = sagaId;
    }
    if (textOf(this.told.accepted) !== textOf(body)) {
      checker.fail('P5', `${this.plan.key} was accepted with two bodies`);
    }
    if (this.told.sagaId !== sagaId)
      checker.fail('P5', `${this.plan.key} is ${this.told.sagaId} and ${sagaId}`);
    const item = world.sagas.get(sagaId);
    const state = rowOf(item)?.state as Body | undefined;
    if (statusCode === 200) this.#forgotten(item, shown);
    if (state === undefined) checker.fail('P6', `${sagaId} was accepted and is not there`);
    else if (
      !isForgotten(item) &&
      Object.keys(body).some((name) => textOf(state[name]) !== textOf(body[name]))
    ) {
      checker.fail('P5', `${sagaId} was accepted and is another ${this.#saga.initiator}`);
    }
    if (this.#hasAsked) return;
    this.#hasAsked = true;
    for (const { kind, afterSteps, atCall } of this.plan.wishes) {
      if (atCall === undefined) this.#at(afterSteps, () => this.#wish(kind));
      else this.#simulation.scheduler.addAtCall(atCall, { run: () => this.#wish(kind) });
    }
  }

  /** Of what is forgotten no more is known than how it ended, and for how much. */
  #forgotten(item: Item | undefined, shown: Row): void {
    const { checker, coverage } = this.#simulation;
    coverage.count('200 for what is forgotten');
    const before = rowOf(item && originalOf(item))?.state;
    if (!isForgotten(item)) checker.fail('P5', `${item?.pk} was answered as if it were forgotten`);
    const { [this.#saga.id.name]: _, ...told } = shown;
    const { remains = ['status'] } = this.#desk;
    const lost = remains.find((name) => textOf(before?.[name]) !== textOf(told[name]));
    if (lost !== undefined) checker.fail('P5', `${item?.pk} is forgotten and has lost its ${lost}`);
    const kept = this.secrets.find((secret) => JSON.stringify(item).includes(secret));
    if (kept !== undefined) checker.fail('privacy', `${item?.pk} is forgotten and has ${kept} still`);
  }

  /** P5, for ever: the same key is the same saga to the same body, and no other body's. */
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

  #wish(kind: string): void {
    const { body, other, name } = this.plan;
    const { initiator } = this.#saga;
    const attempt =
      this.#desk.attempt(kind, this.plan) ?? attemptOf(this.#saga, kind, this.plan, this.told.sagaId ?? '');
    if (attempt !== undefined) {
      this.#send(attempt.name, attempt.request, (reply) => this.#expect(reply, [attempt.statusCode], kind));
      return;
    }
    const own = { ...this.#own, path: this.#path };
    const read = (what: string, statusCodes: readonly number[], by = name) =>
      this.#send(what, { method: 'GET', ...own, by }, (reply) => this.#expect(reply, statusCodes, what));
    const acts: Readonly<Record<UsualWish, () => void>> = {
      cancel: () => this.#cancel({ method: 'POST', ...own }),
      'operator-cancel': () =>
        this.#cancelByStaff({ method: 'POST', ...own, by: 'operator', role: 'operator' }),
      again: () => this.place(body, 0),
      'other-body': () => this.place(other, 0),
      get: () => (this.#simulation.detail(44) < 0.5 ? this.#look(() => {}) : this.#nudgeByStaff()),
      stranger: () => read(`get-${initiator}`, [404], 'stranger'),
      list: () => this.#list({ method: 'GET', ...own }),
    };
    // There is a record as soon as its service has heard of the saga.
    if (kind in acts) acts[kind as UsualWish]();
    else read(kind, [200, 404]);
  }

  #look(see: (saga: Reply['body']) => void): void {
    const { accepted, sagaId = '' } = this.told;
    const get = `get-${this.#saga.initiator}`;
    this.#send(get, { method: 'GET', ...this.#own, path: this.#path }, (reply) => {
      const isUnknown = isForgotten(this.#simulation.world.sagas.get(sagaId));
      this.#expect(reply, isUnknown ? [200, 404] : [200], get);
      if (reply?.statusCode !== 200) return;
      const { body } = reply;
      const isAnother = this.#desk.shows.some(
        (name) => JSON.stringify(body[name]) !== textOf(accepted?.[name]),
      );
      if (body[this.#saga.id.name] !== sagaId || isAnother)
        this.#simulation.checker.fail('API', `${sagaId} was asked for and ${JSON.stringify(body)} shown`);
      see(body);
    });
  }

  /** Now that nothing moves any more: what is shown is what is stored. */
  lookAgain(): void {
    const { checker, world } = this.#simulation;
    const { id, owner, initiator } = this.#saga;
    if (this.told.sagaId === undefined || isForgotten(world.sagas.get(this.told.sagaId))) return;
    this.#look((shown) => {
      const { state } = rowOf(world.sagas.get(shown[id.name])) ?? {};
      for (const name of this.#desk.tells) {
        if (JSON.stringify(shown[name]) !== JSON.stringify(state[name]))
          checker.fail('API', `${shown[id.name]} shows ${name} ${JSON.stringify(shown[name])}`);
      }
    });
    this.#list({ method: 'GET', ...this.#own }, (shown) => {
      const owned = [...world.sagas.values()]
        .map((item) => rowOf(item)?.state as Row)
        .filter(({ [owner]: whose }) => whose === this.plan.name);
      const times = shown.map(({ [id.name]: sagaId }) => rowOf(world.sagas.get(sagaId))?.state.createdAtMs);
      if (times.length !== owned.length || times.some((atMs, index) => atMs > (times[index - 1] ?? atMs)))
        checker.fail(
          'API',
          `${this.plan.name} has ${owned.length} ${initiator}s and is shown ${times.join(', ')}`,
        );
    });
  }

  #list(request: Request, see: (sagas: readonly Row[]) => void = () => {}): void {
    const { checker, world } = this.#simulation;
    const { id, owner: whose, initiator } = this.#saga;
    const list = `list-${initiator}s`;
    this.#send(list, request, (reply) => {
      this.#expect(reply, [200], list);
      for (const { [id.name]: sagaId } of reply?.body.items ?? []) {
        const owner = rowOf(world.sagas.get(sagaId))?.state[whose];
        if (owner !== request.by && !isForgotten(world.sagas.get(sagaId)))
          checker.fail('API', `${request.by} was shown ${sagaId} of ${owner}`);
      }
      if (reply?.statusCode === 200) see(reply.body.items);
    });
  }

  /** Some say why only when they are told to. */
  #cancelByStaff(request: Request): void {
    if (this.#random.chance(0.3))
      this.#send(`cancel-${this.#saga.initiator}`, request, (reply) =>
        this.#expect(reply, [422], 'a cancel for no reason'),
      );
    else this.#cancel({ ...request, body: { reason: 'asked on the phone' } });
  }

  /** Somebody on call does what the schedule would do later. What has ended, or is moving on, stays as it is. */
  #nudgeByStaff(): void {
    const { coverage, world } = this.#simulation;
    const { initiator } = this.#saga;
    const body = { reason: 'asked on the phone', dryRun: this.#simulation.detail(45) < 0.2 };
    const request = { method: 'POST', by: 'olga', role: 'support', path: this.#path, body } as const;
    this.#send(`nudge-${initiator}`, request, (reply) => {
      if (reply?.statusCode === 200) coverage.count('a nudge by staff');
      if (!isForgotten(world.sagas.get(this.told.sagaId ?? '')))
        this.#expect(reply, [200, 202, 409], 'a nudge');
    });
  }

  #cancel(request: Request, patience = this.plan.patience): void {
    const { checker, coverage, world } = this.#simulation;
    const cancel = `cancel-${this.#saga.initiator}`;
    this.told.cancelAskedBy.add(request.role.toUpperCase());
    this.#send(cancel, request, (reply) => {
      if (!isAnswer(reply) && patience > 0) this.#again(() => this.#cancel(request, patience - 1));
      if (reply?.statusCode === 202) {
        this.told.isCancelAccepted = true;
        coverage.count('202 for a cancel');
        const status = statusOf(world.sagas.get(this.told.sagaId ?? ''));
        if (status !== 'CANCELLING' && status !== 'CANCELLED')
          checker.fail('P6', `a cancel was accepted of what is ${status}`);
      } else if (reply?.statusCode === 409) {
        this.told.isCancelRefused = true;
        coverage.count('409 for a cancel');
      } else if (!isForgotten(world.sagas.get(this.told.sagaId ?? ''))) this.#expect(reply, [202], cancel);
    });
  }

  #expect(reply: Reply | undefined, statusCodes: readonly number[], what: string): void {
    if (isAnswer(reply) && !statusCodes.includes(reply.statusCode)) this.#unexpected(what, reply);
  }

  #unexpected(what: string, { statusCode, body }: Reply): void {
    this.#simulation.checker.fail('API', `${what} was answered ${statusCode} ${JSON.stringify(body)}`);
  }

  /** The reply is undefined if the function's environment crashed: API Gateway answers 502 then. */
  #send(name: string, request: Request, heard: (reply: Reply | undefined) => void): void {
    this.#simulation.trace.say(
      () =>
        `${request.by} ${name} ${request.key ?? request.path?.[this.#saga.id.name] ?? ''} ${JSON.stringify(request.body ?? '')}`,
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
