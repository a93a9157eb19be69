import type { Lambda } from '../lambda.ts';
import { Random } from '../random.ts';
import type { Simulation } from '../simulation.ts';
import { type Reply, type Request, replyOf, requestOf } from './request.ts';
import type { Body, HoarderPlan } from './workload.ts';

/** Some of its orders come when others have been declined already. */
const LAST_STEP = 300;
const PATIENCE = 5;

/** Orders everything, again and again, under a new key each time, as soon as there is any. */
export class Hoarder {
  readonly plan: HoarderPlan;
  readonly #simulation: Simulation;
  readonly #lambda: Lambda;
  readonly #random: Random;

  constructor(plan: HoarderPlan, simulation: Simulation, lambda: Lambda) {
    this.plan = plan;
    this.#simulation = simulation;
    this.#lambda = lambda;
    this.#random = new Random(simulation.seed, 43, plan.id);
  }

  start(): void {
    for (const [index, body] of this.plan.bodies.entries())
      this.#at(this.#random.below(LAST_STEP), () => this.#grab(`hoard-${index}`, body, PATIENCE));
  }

  #grab(key: string, body: Body, patience: number): void {
    const { look, isThere } = this.plan;
    const again = () => {
      if (patience > 0) this.#at(1 + this.#random.below(20), () => this.#grab(key, body, patience - 1));
    };
    this.#send(look.name, { method: 'GET', path: look.path }, (seen) => {
      if (seen?.body.available !== undefined)
        this.#simulation.checker.fail(
          'API',
          `a customer is shown how many there are: ${seen.body.available}`,
        );
      if (seen === undefined || !isThere(seen.body)) again();
      else
        this.#send(this.#place, { method: 'POST', key, body }, (reply) => {
          if (reply?.statusCode !== 202) again();
          if (reply?.statusCode === 429) this.#simulation.coverage.count('a hoarder told to come later');
        });
    });
  }

  get #place(): string {
    return `place-${this.#simulation.cast.saga.initiator}`;
  }

  #send(
    name: string,
    request: Omit<Request, 'by' | 'role'>,
    heard: (reply: Reply | undefined) => void,
  ): void {
    const own = { by: this.plan.name, role: this.#simulation.cast.saga.ownerRole };
    this.#simulation.trace.say(() => `${own.by} ${name} ${request.key ?? ''}`);
    this.#lambda.invoke(name, requestOf({ ...request, ...own }), (end) =>
      heard(end.kind === 'returned' ? replyOf(end.value) : undefined),
    );
  }

  #at(afterSteps: number, run: () => void): void {
    this.#simulation.scheduler.addAtStep(this.#simulation.step + afterSteps, { run });
  }
}
