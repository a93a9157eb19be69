import type { Redelivery } from './actors/workload.ts';
import type { PlannedFault } from './faults.ts';
import type { Order } from './scheduler.ts';

/** All that a run depends on. Everything but the seed is absent until a run has been shrunk. */
export interface Script {
  /** The file of the deployment that is simulated, if it is not the shop's. */
  readonly deployment?: string | undefined;
  readonly seed: number;
  /** Exactly these faults, and not those that the seed draws. */
  readonly faults?: readonly PlannedFault[];
  /** Actors that stay away, by id. */
  readonly without?: readonly number[];
  readonly order?: Order;
  /** Another order of what happens, by its number, than the one that belongs to the seed. */
  readonly schedule?: number;
  /** One named saga, and not what the seed draws. */
  readonly scenario?: string;
  readonly redelivery?: Redelivery;
  /** How many queues each service has, as in QUEUE_SHARDS. Absent: what the seed draws. */
  readonly shards?: string;
}
