import type { EventDefinitions } from '../../engine/saga/declaration.ts';
import type { ExternalStep } from '../../engine/saga/external-step.ts';
import type { SagaId } from '../../engine/saga/ids.ts';
import type { Part, Saga } from '../../engine/saga/saga.ts';
import type { CallKind } from './faults.ts';
import type { Holding, Samples } from './world/ledger.ts';
import type { PaymentProvider } from './world/provider.ts';

/** A saga with the schemas of its events. */
export type SimulatedSaga = Saga & { readonly events: EventDefinitions };

/** Those outside that are more than a ledger. */
export interface Outsiders {
  readonly provider: PaymentProvider;
}

/** What is known of whom a step asks, where that is more than a ledger. */
export interface OwnOutside {
  /** What it holds for a saga. */
  readonly holding: (outsiders: Outsiders, sagaId: string) => Holding;
  /** All that it knows. */
  readonly known: (outsiders: Outsiders) => unknown;
  /** The kinds of calls that are made to it. */
  readonly calls: readonly CallKind[];
}

/** One service in the simulation. */
export interface Player {
  readonly service: string;
  readonly part: Part;
  readonly key: (sagaId: SagaId) => string;
  /** If it asks the outside. */
  readonly step: ExternalStep | undefined;
  readonly outside: OwnOutside | undefined;
  /** What the outside answers, if nobody says how it is simulated. */
  readonly samples: Samples | undefined;
  /** Every step that it may take: `RESERVED order.cancelling RELEASED`. */
  readonly steps: ReadonlySet<string>;
}

/** The saga that is simulated, and whoever takes part in it. */
export interface Cast {
  readonly saga: SimulatedSaga;
  readonly players: readonly Player[];
  readonly initiator: Player;
  playerOf(service: string): Player;
}
