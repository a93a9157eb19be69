import type { Lambda } from '../lambda.ts';
import { Random } from '../random.ts';
import type { Simulation } from '../simulation.ts';
import { isAnswer, type Reply, replyOf, requestOf } from './request.ts';
import type { OperatorPlan } from './workload.ts';

/** An operator who asks for one thing until there is an answer: to receive goods, to look at dead letters, to move them back. */
export class Operator {
  readonly plan: OperatorPlan;
  /** What was asked for was answered as done. */
  isConfirmed = false;
  readonly #simulation: Simulation;
  readonly #lambda: Lambda;
  readonly #random: Random;

  constructor(plan: OperatorPlan, simulation: Simulation, lambda: Lambda) {
    this.plan = plan;
    this.#simulation = simulation;
    this.#lambda = lambda;
    this.#random = new Random(simulation.seed, 9, plan.id);
  }

  start(): void {
    const { afterSteps } = this.plan.wish;
    this.#at(afterSteps, () => this.#act(2));
  }

  #act(patience: number): void {
    const { wish, name, request } = this.plan;
    if (wish.kind === 'discard') this.#simulation.checker.mayDiscard = true;
    this.#simulation.trace.say(() => `operator ${name} ${JSON.stringify(request.body ?? '')}`);
    this.#lambda.invoke(name, requestOf({ ...request, by: 'operator', role: 'operator' }), (end) => {
      const reply = end.kind === 'returned' ? replyOf(end.value) : undefined;
      if (isAnswer(reply)) {
        this.#expectOk(reply);
        this.isConfirmed = true;
      } else if (patience > 0) this.#at(this.#random.below(30), () => this.#act(patience - 1));
      if (wish.kind === 'dry-run' && reply?.body.redriven > 0)
        this.#simulation.checker.fail('API', 'a dry run has moved something');
      if (wish.kind === 'discard-dry-run' && reply?.body.discarded > 0)
        this.#simulation.checker.fail('API', 'a dry run has discarded something');
    });
  }

  #expectOk({ statusCode, body }: Reply): void {
    if (statusCode !== 200)
      this.#simulation.checker.fail(
        'API',
        `${this.plan.wish.kind} was answered ${statusCode} ${JSON.stringify(body)}`,
      );
  }

  #at(afterSteps: number, run: () => void): void {
    this.#simulation.scheduler.addAtStep(this.#simulation.step + afterSteps, { run });
  }
}
