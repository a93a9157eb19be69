import type { Lambda } from '../lambda.ts';
import { Random } from '../random.ts';
import type { Simulation } from '../simulation.ts';
import { isAnswer, type Reply, replyOf, requestOf } from './request.ts';
import type { OperatorPlan } from './workload.ts';

/** An operator who receives goods, takes stock, looks at dead letters and moves them back. */
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
    const { wish, sku, quantity, unitPriceMinor, currency, service, id } = this.plan;
    const again = (reply: Reply | undefined) => {
      if (isAnswer(reply)) {
        this.#expectOk(reply);
        this.isConfirmed = true;
      } else if (patience > 0) this.#at(this.#random.below(30), () => this.#act(patience - 1));
    };
    const deadLetters = `${service}-dead-letters` as const;
    const redrive = (dryRun: boolean) => ({ method: 'POST', path: {}, body: { dryRun } }) as const;
    const acts: Readonly<Record<typeof wish.kind, () => void>> = {
      receive: () => {
        const key = `receipt-${id}`;
        this.#send('receive-stock', { method: 'POST', path: { sku }, key, body: { quantity } }, again);
      },
      stocktake: () => {
        const body = { available: quantity, unitPriceMinor, currency };
        this.#send('put-stock', { method: 'PUT', path: { sku }, body }, again);
      },
      redrive: () => this.#send(deadLetters, redrive(false), again),
      'dry-run': () =>
        this.#send(deadLetters, redrive(true), (reply) => {
          again(reply);
          if (reply?.body.redriven > 0) this.#simulation.checker.fail('API', 'a dry run has moved something');
        }),
      look: () => this.#send(deadLetters, { method: 'GET', path: {} }, again),
      catalogue: () => this.#send('list-stock', { method: 'GET', path: {} }, again),
      product: () => this.#send('get-stock', { method: 'GET', path: { sku } }, again),
    };
    acts[wish.kind]();
  }

  #expectOk({ statusCode, body }: Reply): void {
    if (statusCode !== 200)
      this.#simulation.checker.fail(
        'API',
        `${this.plan.wish.kind} was answered ${statusCode} ${JSON.stringify(body)}`,
      );
  }

  #send(
    name: string,
    request: Omit<Parameters<typeof requestOf>[0], 'by' | 'role'>,
    heard: (reply: Reply | undefined) => void,
  ): void {
    this.#simulation.trace.say(() => `operator ${name} ${JSON.stringify(request.body ?? '')}`);
    this.#lambda.invoke(name, requestOf({ ...request, by: 'operator', role: 'operator' }), (end) =>
      heard(end.kind === 'returned' ? replyOf(end.value) : undefined),
    );
  }

  #at(afterSteps: number, run: () => void): void {
    this.#simulation.scheduler.addAtStep(this.#simulation.step + afterSteps, { run });
  }
}
