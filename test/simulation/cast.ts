import type { Participant } from '../../engine/batch/participant.ts';
import type { EventDefinitions } from '../../engine/saga/declaration.ts';
import type { AnyOutside, ExternalStep } from '../../engine/saga/external-step.ts';
import { pascalCase } from '../../engine/saga/names.ts';
import type { Part, Saga } from '../../engine/saga/saga.ts';
import { legalSteps } from './checker/legal-steps.ts';
import type { Environment } from './environment.ts';
import type { CallKind } from './faults.ts';
import { type Deployed, functionsOf } from './functions.ts';
import { ledgerOutside, samplesFor } from './outside.ts';
import type { Simulation } from './simulation.ts';
import type { Holding, Samples } from './world/ledger.ts';
import type { World } from './world/world.ts';

/** A participant of which no more is known than how it is run. */
export type AnyParticipant = Participant<{ readonly status: string }, { readonly type: string }, never>;

/** A saga with the schemas of its events. */
export type SimulatedSaga = Saga & { readonly events: EventDefinitions };

/** Whom a step asks, where that is more than a ledger. */
export interface OwnOutside {
  readonly connect: (simulation: Simulation, environment: Environment) => AnyOutside;
  /** What it holds for a saga. */
  readonly holding: (world: World, sagaId: string) => Holding;
  /** All that it knows. */
  readonly known: (world: World) => unknown;
  /** The kinds of calls that are made to it. */
  readonly calls: readonly CallKind[];
}

/** One service in the simulation. */
export interface Player {
  readonly service: string;
  readonly part: Part;
  readonly key: AnyParticipant['table']['key'];
  /** If it asks the outside. */
  readonly step: ExternalStep | undefined;
  readonly outside: OwnOutside | undefined;
  /** What the outside answers, if nobody says how it is simulated. */
  readonly samples: Samples | undefined;
  /** Every step that it may take: `RESERVED order.cancelling RELEASED`. */
  readonly steps: ReadonlySet<string>;
  /** Makes it, in an environment that starts. */
  readonly join: (simulation: Simulation, environment: Environment) => AnyParticipant;
}

/** The saga that is simulated, and whoever takes part in it. */
export interface Cast {
  readonly saga: SimulatedSaga;
  readonly players: readonly Player[];
  readonly initiator: Player;
  /** Every function as it is deployed, by its name. */
  readonly functions: ReadonlyMap<string, Deployed>;
  playerOf(service: string): Player;
}

interface Additions {
  /** Functions besides those that every participant has. */
  readonly functions?: Readonly<Record<string, Deployed>>;
  /** By the service of the step that asks it. */
  readonly outsides?: Readonly<Record<string, OwnOutside>>;
}

/**
 * Makes the cast of a saga. `folder` has a folder for each service, whose file of the same name exports the participant,
 * or for a step that asks the outside, a function that makes the participant of its outside.
 */
export async function castOf(
  saga: SimulatedSaga,
  folder: URL,
  { functions = {}, outsides = {} }: Additions = {},
): Promise<Cast> {
  const players = await Promise.all(
    saga.services.map(async (service) => playerOf(saga, service, await exported(service, folder), outsides)),
  );
  const byService = new Map(players.map((player) => [player.service, player]));
  const known = (service: string): Player => {
    const player = byService.get(service);
    if (player === undefined) throw new Error(`nobody plays ${service}`);
    return player;
  };
  const initiator = known(saga.initiator);
  return {
    saga,
    players,
    initiator,
    functions: new Map(Object.entries({ ...functionsOf(saga, players), ...functions })),
    playerOf: known,
  };
}

type Exported = AnyParticipant | ((outside: AnyOutside) => AnyParticipant & { readonly step: ExternalStep });

async function exported(service: string, folder: URL): Promise<Exported> {
  const file = new URL(`${service}/${service}.ts`, folder);
  const name = pascalCase(service).replace(/^./, (letter) => letter.toLowerCase());
  const module = (await import(file.href)) as Readonly<Record<string, Exported | undefined>>;
  const participant = module[name];
  if (participant === undefined) throw new Error(`${file.href} exports no ${name}`);
  return participant;
}

const nowhere = (): Promise<never> => Promise.reject(new Error('this participant is not in a simulation'));

function playerOf(
  saga: SimulatedSaga,
  service: string,
  participant: Exported,
  outsides: Readonly<Record<string, OwnOutside>>,
): Player {
  const part = saga.partOf(service);
  if (typeof participant !== 'function') {
    const player = {
      service,
      part,
      key: (sagaId: Parameters<Player['key']>[0]) => participant.table.key(sagaId),
      step: undefined,
    };
    const steps = legalSteps(saga, service, undefined);
    return { ...player, outside: undefined, samples: undefined, steps, join: () => participant };
  }
  const { table, step } = participant({ call: nowhere, undo: nowhere });
  const outside = outsides[service];
  const player: Player = {
    service,
    part,
    key: (sagaId) => table.key(sagaId),
    step,
    outside,
    samples: outside === undefined ? samplesFor(saga, step) : undefined,
    steps: legalSteps(saga, service, step),
    join: (simulation, environment) =>
      participant((outside?.connect ?? ledgerOutside(step))(simulation, environment)),
  };
  return player;
}
