import { rowOf } from '../checker/row.ts';
import { detailOf } from '../faults.ts';
import type { Lambda } from '../lambda.ts';
import type { Simulation } from '../simulation.ts';
import { replyOf, requestOf } from './request.ts';

const MAX_THOUGHT_STEPS = 120;

/** An operator who settles by other means what an outside refuses to undo, and says so until it is answered. */
export class Settler {
  readonly #simulation: Simulation;
  readonly #lambda: Lambda;
  #draws = 0;

  constructor(simulation: Simulation, lambda: Lambda) {
    this.#simulation = simulation;
    this.#lambda = lambda;
  }

  /** At each step: whatever has come to be stuck. */
  advance(): void {
    const { stuck } = this.#simulation.world;
    for (const { service, sagaId } of stuck) this.#settle(service, sagaId);
    stuck.length = 0;
  }

  #settle(service: string, sagaId: string): void {
    const { world, coverage, scheduler, step, seed } = this.#simulation;
    this.#draws += 1;
    const run = () => {
      if (rowOf(world.recordOf(service, sagaId))?.state.impasse === undefined) return;
      this.resolve(service, sagaId, (status) => {
        if (status === 200) coverage.count('resolved');
        else if (status !== 409) this.#settle(service, sagaId);
      });
    };
    const thought = Math.round(detailOf(seed, this.#draws, 22) * MAX_THOUGHT_STEPS);
    scheduler.addAtStep(step + thought, { run });
  }

  /** Answered with the HTTP status, or with nothing if the function has crashed. */
  resolve(service: string, sagaId: string, answered: (status: number | undefined) => void): void {
    const { saga } = this.#simulation.cast;
    const path = { [saga.id.name]: sagaId };
    const body = { reason: 'It is refused for good.', proof: 'transfer 7' };
    const request = requestOf({ method: 'POST', by: 'operator', role: 'operator', path, body });
    this.#lambda.invoke(`resolve-${saga.partOf(service).record}`, request, (end) =>
      answered(end.kind === 'returned' ? replyOf(end.value).statusCode : undefined),
    );
  }
}
