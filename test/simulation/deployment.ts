import type { AnyOutside, ExternalStep } from '../../engine/saga/external-step.ts';
import type { SagaId } from '../../engine/saga/ids.ts';
import { pascalCase } from '../../engine/saga/names.ts';
import type { Cast, OwnOutside, SimulatedSaga } from './cast.ts';
import { legalSteps } from './checker/legal-steps.ts';
import type { Environment } from './environment.ts';
import { type AnyParticipant, type Deployed, functionsOf, type Member } from './functions.ts';
import { ledgerOutside, samplesFor } from './outside.ts';
import type { Simulation } from './simulation.ts';

/** The cast of a saga, and every function as it is deployed, by its name. */
export interface Deployment {
  readonly cast: Cast;
  readonly functions: ReadonlyMap<string, Deployed>;
}

/** Whom a step asks, where that is more than a ledger, and how. */
interface Connected extends OwnOutside {
  readonly connect: (simulation: Simulation, environment: Environment) => AnyOutside;
}

interface Additions {
  /** Functions besides those that every participant has. */
  readonly functions?: Readonly<Record<string, Deployed>>;
  /** By the service of the step that asks it. */
  readonly outsides?: Readonly<Record<string, Connected>>;
}

/**
 * Deploys a saga. `folder` has a folder for each service, whose file of the same name exports the participant,
 * or for a step that asks the outside, a function that makes the participant of its outside.
 */
export async function deploymentOf(
  saga: SimulatedSaga,
  folder: URL,
  { functions = {}, outsides = {} }: Additions = {},
): Promise<Deployment> {
  const members = await Promise.all(
    saga.services.map(async (service) => memberOf(saga, service, await exported(service, folder), outsides)),
  );
  const byService = new Map(members.map((member) => [member.service, member]));
  const playerOf = (service: string): Member => {
    const member = byService.get(service);
    if (member === undefined) throw new Error(`nobody plays ${service}`);
    return member;
  };
  return {
    cast: { saga, players: members, initiator: playerOf(saga.initiator), playerOf },
    functions: new Map(Object.entries({ ...functionsOf(saga, members), ...functions })),
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

function memberOf(
  saga: SimulatedSaga,
  service: string,
  participant: Exported,
  outsides: Readonly<Record<string, Connected>>,
): Member {
  const part = saga.partOf(service);
  if (typeof participant !== 'function') {
    const player = {
      service,
      part,
      key: (sagaId: SagaId) => participant.table.key(sagaId),
      step: undefined,
    };
    const steps = legalSteps(saga, service, undefined);
    return { ...player, outside: undefined, samples: undefined, steps, join: () => participant };
  }
  const { table, step } = participant({ call: nowhere, undo: nowhere });
  const outside = outsides[service];
  const member: Member = {
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
  return member;
}
