import type { FunctionName, Lambda } from '../functions.ts';
import { Random } from '../random.ts';
import type { Simulation } from '../simulation.ts';
import { type Reply, replyOf, requestOf } from './request.ts';
import type { OperatorPlan } from './workload.ts';

/** An operator who receives goods, takes stock, looks at dead letters and moves them back. */
export class Operator {
  readonly plan: OperatorPlan;
  /** Goods whose receipt was confirmed. */
  receivedQuantity = 0;
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

  #act(patience: number) {
    const { wish, sku, quantity, service, id } = this.plan;
    const again = (reply: Reply | undefined) => {
      if (reply !== undefined && reply.statusCode !== 503) this.#expectOk(reply);
      else if (patience > 0) this.#at(this.#random.below(30), () => this.#act(patience - 1));
    };
    const deadLetters = `${service}-dead-letters` as const;
    switch (wish.kind) {
      case 'receive':
        return this.#send(
          'receive-stock',
          { method: 'POST', path: { sku }, key: `receipt-${id}`, body: { quantity } },
          again,
        );
      case 'stocktake': {
        const body = { available: quantity, unitPriceMinor: 1 + this.#random.below(2_000), currency: 'EUR' };
        return this.#send('put-stock', { method: 'PUT', path: { sku }, body }, again);
      }
      case 'redrive':
        return this.#send(deadLetters, { method: 'POST', path: {}, body: { dryRun: false } }, again);
      case 'dry-run':
        return this.#send(deadLetters, { method: 'POST', path: {}, body: { dryRun: true } }, again);
      case 'look':
        return this.#send(deadLetters, { method: 'GET', path: {} }, again);
      case 'catalogue':
        return this.#send('list-stock', { method: 'GET', path: {} }, again);
      default:
        return wish.kind satisfies never;
    }
  }

  #expectOk({ statusCode, body }: Reply): void {
    if (statusCode !== 200)
      this.#simulation.checker.fail(
        'API',
        `${this.plan.wish.kind} was answered ${statusCode} ${JSON.stringify(body)}`,
      );
  }

  #send(
    name: FunctionName,
    request: Omit<Parameters<typeof requestOf>[0], 'by' | 'role'>,
    heard: (reply: Reply | undefined) => void,
  ): void {
    this.#simulation.trace.say(() => `operator ${name} ${JSON.stringify(request.body ?? '')}`);
    this.#lambda.invoke(name, requestOf({ ...request, by: 'operator', role: 'operator' }), (end) =>
      heard(end.kind === 'returned' ? replyOf(end.value) : undefined),
    );
  }

  #at(afterSteps: number, run: () => void): void {
    this.#simulation.scheduler.addAt(this.#simulation.step + afterSteps, { run });
  }
}
