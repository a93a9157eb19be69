import { eventMessage } from '../../../engine/batch/messages.ts';
import { seal } from '../../../engine/saga/envelope.ts';
import type { SagaId } from '../../../engine/saga/ids.ts';
import { rowOf } from '../checker/row.ts';
import { Random } from '../random.ts';
import type { Simulation } from '../simulation.ts';

/** How often at a step somebody says something by the user of the service. */
const SAID = 0.08;
/** How often it is said of a saga that there is. */
const OF_KNOWN = 0.85;

/**
 * Somebody who has a service's broker user, and so says whatever the service may say, of any saga: what did not happen, with
 * sums, lines and owners of their own. RabbitMQ lets nobody say it in another service's name.
 */
export class Takeover {
  readonly #simulation: Simulation;
  readonly #service: string;
  readonly #random: Random;

  constructor(simulation: Simulation, service: string) {
    this.#simulation = simulation;
    this.#service = service;
    this.#random = new Random(simulation.seed, 41);
    simulation.world.takenOver = service;
  }

  advance(): void {
    if (this.#random.chance(SAID)) this.#say();
  }

  #say(): void {
    const { world, cast, step, trace } = this.#simulation;
    const { saga } = cast;
    const part = saga.partOf(this.#service);
    const types = Object.keys(part.says);
    const known = [...world.sagas.keys()];
    const isKnown = known.length > 0 && this.#random.chance(OF_KNOWN);
    const sagaId = isKnown ? this.#random.pick(known) : `${saga.id.prefix}_${String(step).padStart(24, '0')}`;
    if (!isKnown) world.unasked.add(sagaId);
    const type = this.#random.pick(types);
    const event = seal(
      saga,
      { type, data: this.#forged(sagaId) },
      { sagaId: sagaId as SagaId, nowMs: world.clock.nowMs },
    );
    trace.say(() => `${this.#service} is taken over and says ${event.id} ${JSON.stringify(event.data)}`);
    world.broker.publish(eventMessage(saga, event, JSON.stringify(event)), this.#service);
  }

  /** Every member that any event of the shop has: what a schema does not know is dropped. */
  #forged(sagaId: string): object {
    const { world } = this.#simulation;
    const order = rowOf(world.recordOf('order', sagaId))?.state;
    // One that is forgotten has no items any more.
    const items = (this.#random.chance(0.8) && order?.items) || [{ sku: 'mug', quantity: 2 }];
    const unitPriceMinor = 1 + this.#random.below(5_000);
    const lines = items.map((line: object) => ({ ...line, unitPriceMinor }));
    const due = lines.reduce(
      (sum: number, { quantity }: { quantity: number }) => sum + quantity * unitPriceMinor,
      0,
    );
    return {
      customerId: (this.#random.chance(0.7) && order?.customerId) || 'mallory',
      items,
      lines,
      amountMinor: this.#random.chance(0.8) ? due : 1 + this.#random.below(5_000),
      currency: 'EUR',
      paymentMethod: 'pm_card_visa',
      paymentIntentId: 'pi_forged',
      refundId: 're_forged',
      ...{ code: 'OUT_OF_STOCK', skus: ['mug'], cause: 'OPERATOR' },
      decline: { code: 'card_declined', message: 'no' },
      waitingFor: this.#random.pick(['customer', 'person']),
      reason: 'a lie',
      resolution: { by: 'mallory', reason: 'a lie', proof: 'none' },
    };
  }
}
