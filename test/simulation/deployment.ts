import { existsSync } from 'node:fs';
import type { AnyOutside, ExternalStep } from '../../engine/saga/external-step.ts';
import type { SagaId } from '../../engine/saga/ids.ts';
import { pascalCase } from '../../engine/saga/names.ts';
import type { Desk, Redelivery, Workload } from './actors/workload.ts';
import type { Cast, OwnOutside, SimulatedSaga } from './cast.ts';
import { legalSteps } from './checker/legal-steps.ts';
import type { Rules } from './checker/rules.ts';
import type { Coverage } from './coverage.ts';
import type { Environment } from './environment.ts';
import { type AnyParticipant, type DeployedFunction, functionsOf, type Member } from './functions.ts';
import type { Lambda } from './lambda.ts';
import { ledgerOutside, samplesFor } from './outside.ts';
import type { Simulation } from './simulation.ts';
import type { World } from './world/world.ts';

/** A saga as it is deployed: its cast, and every function by its name. */
export interface Deployed {
  readonly cast: Cast;
  readonly functions: ReadonlyMap<string, DeployedFunction>;
}

/** All that a run has to know of the saga that it simulates: how it is deployed, and who wants what of it. */
export interface Deployment extends Deployed {
  readonly desk: Desk;
  /** What a seed draws. */
  readonly workloadOf: (seed: number) => Workload;
  /** One named saga. @throws Error if there is none of that name */
  readonly scenarioOf: (name: string, redelivery?: Redelivery) => Workload;
  /** What it promises besides what every saga does. */
  readonly rulesOf: (world: World, seed: number, coverage: Coverage) => Rules;
  readonly crashed: {
    /** The sagas to crash at every point, besides those whose outside refuses them, and the one past its deadline. */
    readonly scenarios: readonly string[];
    /** Of these, those that make so many calls that they are crashed at each of them, but not at each pair. */
    readonly singly?: readonly string[];
    /** Those that are cancelled at every call, each by the name that its scenario has then: `cancel` for `cancel-7`. */
    readonly cancelled: readonly (readonly [scenario: string, cancelled: string])[];
  };
  /** What goes on outside besides, if anything does. */
  readonly aside?: (simulation: Simulation, lambda: Lambda, workload: Workload) => Aside;
  /** What a run of many seeds has to come to, besides what every saga's does. */
  readonly goals: readonly string[];
  /** What has to happen often enough among many seeds, if not in each. */
  readonly shares?: readonly Share[];
}

/** Of all that is counted as `among`, how much has to be counted as `of` as well: from 0 to 1. */
export interface Share {
  readonly of: string;
  readonly among: string;
  readonly least: number;
}

/** What others do of their own accord. */
export interface Aside {
  /** At each step. */
  advance(): void;
  /** Everything has ended: what is still on its way arrives. False if nothing was. */
  finish(): boolean;
}

/** The shop, whose scripts need not name it. */
const SHOP = 'test/simulation/shop/deployment.ts';

/** What a deployment's file exports: one deployment, or what draws one from a seed. */
interface DeploymentFile {
  readonly deployment?: Deployment;
  readonly drawDeployment?: (seed: number) => Deployment;
}

const drawn = new Map<string, Deployment>();

/**
 * The deployment that a file exports, by its path from the project's folder. `FILE?SEED` is one that is drawn.
 *
 * @throws Error if the file exports none, or draws none from the seed
 */
export async function deploymentIn(name = SHOP): Promise<Deployment> {
  const [path, seed] = name.split('?');
  const file = (await import(new URL(`../../${path}`, import.meta.url).href)) as DeploymentFile;
  const found =
    seed === undefined ? file.deployment : (drawn.get(name) ?? file.drawDeployment?.(Number(seed)));
  if (found === undefined) throw new Error(`${name} is no deployment`);
  if (seed !== undefined) drawn.set(name, found);
  return found;
}

/** Whom a step asks, where that is more than a ledger, and how. */
interface Connected extends OwnOutside {
  readonly connect: (simulation: Simulation, environment: Environment) => AnyOutside;
}

interface Additions {
  /** Functions besides those that every participant has. */
  readonly functions?: Readonly<Record<string, DeployedFunction>>;
  /** By the service of the step that asks it. */
  readonly outsides?: Readonly<Record<string, Connected>>;
}

/**
 * Deploys a saga. `folder` has a folder for each service, whose file of the same name exports the participant,
 * or for a step that asks the outside, a function that makes the participant of its outside. Where a service is one
 * file, there is no folder around it.
 */
export async function deploymentOf(
  saga: SimulatedSaga,
  folder: URL,
  additions: Additions = {},
): Promise<Deployed> {
  const found = await Promise.all(
    saga.services.map(async (service) => [service, await exported(service, folder)] as const),
  );
  return deployed(saga, new Map(found), additions);
}

/** Deploys a saga whose participants, or what makes them of their outside, are given by service. */
export function deployed(
  saga: SimulatedSaga,
  participants: ReadonlyMap<string, Exported>,
  { functions = {}, outsides = {} }: Additions = {},
): Deployed {
  const members = [...participants].map(([service, participant]) =>
    memberOf(saga, service, participant, outsides),
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

export type Exported =
  | AnyParticipant
  | ((outside: AnyOutside) => AnyParticipant & { readonly step: ExternalStep });

async function exported(service: string, folder: URL): Promise<Exported> {
  const files = [`${service}/${service}.ts`, `${service}.ts`].map((path) => new URL(path, folder));
  const file = files.find((each) => existsSync(each));
  if (file === undefined) throw new Error(`${service} has no file in ${folder.href}`);
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
