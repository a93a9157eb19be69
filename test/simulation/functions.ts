import type { Edges } from '../../engine/batch/edges.ts';
import type { ExternalParticipant } from '../../engine/batch/outside.ts';
import type { Participant } from '../../engine/batch/participant.ts';
import type { Item } from '../../engine/batch/store.ts';
import { consume } from '../../engine/consumer/consume.ts';
import type { RabbitMqEvent } from '../../engine/consumer/rabbitmq-event.ts';
import { deadLetters } from '../../engine/dead-letters/dead-letters.ts';
import type { HttpEvent, HttpFunction } from '../../engine/http/http.ts';
import { recordReader } from '../../engine/http/record-reader.ts';
import { resolving } from '../../engine/http/resolving.ts';
import { cancelling } from '../../engine/initiator/cancel.ts';
import type { Initiating } from '../../engine/initiator/initiating.ts';
import { nudge } from '../../engine/initiator/nudge.ts';
import { nudging } from '../../engine/initiator/nudge-now.ts';
import { listing, reading } from '../../engine/initiator/read.ts';
import { orSayAgain, sayingAgain } from '../../engine/initiator/say-again.ts';
import { erasing } from '../../engine/privacy/erase.ts';
import type { Keeper, Keepers } from '../../engine/privacy/keepers.ts';
import { retaining } from '../../engine/privacy/retain.ts';
import type { Begun } from '../../engine/saga/initiator.ts';
import type { Saga } from '../../engine/saga/saga.ts';
import { canBeStuck, resolverOf } from '../../infra/functions/participant-functions.ts';
import type { Player } from './cast.ts';
import { deadLetterQueuesOf } from './dead-letter-queues.ts';
import { storeOf } from './dynamodb.ts';
import { edgesOf } from './edges.ts';
import type { Environment } from './environment.ts';
import type { Simulation } from './simulation.ts';
import { DEADLINE_MS, retryDelays } from './world/world.ts';

/** A participant of which no more is known than how it is run. */
export type AnyParticipant = Participant<{ readonly status: string }, { readonly type: string }, never>;

/** A service whose participant can be made, in an environment that starts. */
export interface Member extends Player {
  readonly join: (simulation: Simulation, environment: Environment) => AnyParticipant;
}

export type Handler = (event: unknown) => Promise<unknown>;

export interface DeployedFunction {
  readonly service: string;
  /** Of these one process serves many requests at once, where one process runs them all. */
  readonly isHttp: boolean;
  /** The handler, as it is made when an environment starts. */
  readonly start: (simulation: Simulation, environment: Environment) => Handler;
}

/** A function behind API Gateway that needs nothing but its edges. */
export const api = (service: string, make: (edges: Edges) => HttpFunction): DeployedFunction =>
  http(service, (simulation, environment) => make(edgesOf(simulation, environment)));

export const http = (
  service: string,
  make: (simulation: Simulation, environment: Environment) => HttpFunction,
): DeployedFunction => ({
  service,
  isHttp: true,
  start: (simulation, environment) => {
    const handle = make(simulation, environment);
    return async (event) => await handle(event as HttpEvent, {} as never);
  },
});

/** The functions that a saga's services have because they take part in it, with the world around them simulated. */
export const functionsOf = (
  saga: Saga,
  players: readonly Member[],
): Readonly<Record<string, DeployedFunction>> =>
  Object.assign(
    {},
    ...players.map((player) => participantFunctions(player)),
    ...players.map((player) => (player.service === saga.initiator ? initiatorFunctions(player) : {})),
    forgettingFunctions(saga, players),
  );

/** One saga a page, so that there are several pages. */
const FORGETTING_PAGE = 1;
/** A saga may be forgotten as soon as it has ended, or is kept for a while. */
const keptMs = [0, 3_600_000];

/** What forgets sagas has the tables of all services. */
function forgettingFunctions(
  saga: Saga,
  players: readonly Member[],
): Readonly<Record<string, DeployedFunction>> {
  const service = saga.initiator;
  const keepersIn = (simulation: Simulation, environment: Environment): Keepers => {
    const keepers = players.map((player): Keeper => {
      const { table } = player.join(simulation, environment);
      return { service: player.service, table, store: storeOf(simulation, environment, player.service) };
    });
    const [initiator, ...others] = keepers.toSorted(
      (a, b) => Number(b.service === service) - Number(a.service === service),
    );
    return { initiator: initiator as Keeper, others };
  };
  const nowIn =
    ({ world }: Simulation, { skewMs }: Environment) =>
    () =>
      world.clock.nowMs + skewMs;
  const isOverIn = (simulation: Simulation) => () => simulation.detail(41) < 0.2;
  return {
    erase: {
      service,
      isHttp: false,
      start: (simulation, environment) => {
        const keepers = keepersIn(simulation, environment);
        const erase = erasing(saga, keepers, nowIn(simulation, environment), FORGETTING_PAGE);
        return (event) => erase(event, isOverIn(simulation));
      },
    },
    retain: {
      service,
      isHttp: false,
      start: (simulation, environment) => {
        const kept = () => keptMs[simulation.seed % keptMs.length] ?? 0;
        const keepers = keepersIn(simulation, environment);
        const retain = retaining({ saga, keepers }, nowIn(simulation, environment), kept, FORGETTING_PAGE);
        return () => retain(isOverIn(simulation));
      },
    },
  };
}

const isStep = (participant: AnyParticipant): participant is AnyParticipant & ExternalParticipant =>
  'step' in participant;

const participantFunctions = ({
  service,
  part,
  join,
}: Member): Readonly<Record<string, DeployedFunction>> => ({
  [service]: {
    service,
    isHttp: false,
    start: (simulation, environment) => {
      const handle = consume(join(simulation, environment), edgesOf(simulation, environment), retryDelays);
      return (event) => handle(event as RabbitMqEvent);
    },
  },
  [`${service}-dead-letters`]: http(service, (simulation, environment) =>
    deadLetters(join(simulation, environment), edgesOf(simulation, environment), () =>
      deadLetterQueuesOf(simulation, environment),
    ),
  ),
  ...(part.record === undefined || !canBeStuck(part.says)
    ? {}
    : {
        [resolverOf(part.record)]: http(service, (simulation, environment) => {
          const participant = join(simulation, environment);
          if (!isStep(participant)) throw new Error(`${service} asks nobody, and cannot be stuck`);
          return resolving(participant, edgesOf(simulation, environment));
        }),
      }),
  ...(part.record === undefined
    ? {}
    : {
        [`get-${part.record}`]: http(service, (simulation, environment) =>
          recordReader(join(simulation, environment), edgesOf(simulation, environment)),
        ),
      }),
});

type Beginner = Initiating<Begun & { readonly status: string }, Begun>;

function initiatorFunctions({ service, join }: Member): Readonly<Record<string, DeployedFunction>> {
  const beginner = (simulation: Simulation, environment: Environment): Beginner => {
    // Whoever begins sagas is an initiator.
    const participant: unknown = join(simulation, environment);
    return participant as Beginner;
  };
  return {
    [`get-${service}`]: http(service, (simulation, environment) =>
      reading(beginner(simulation, environment), edgesOf(simulation, environment)),
    ),
    [`list-${service}s`]: http(service, (simulation, environment) =>
      listing(beginner(simulation, environment), edgesOf(simulation, environment)),
    ),
    [`cancel-${service}`]: http(service, (simulation, environment) =>
      cancelling(beginner(simulation, environment), edgesOf(simulation, environment)),
    ),
    [`nudge-${service}`]: http(service, (simulation, environment) =>
      nudging(beginner(simulation, environment), edgesOf(simulation, environment), () => DEADLINE_MS),
    ),
    [`nudge-${service}s`]: {
      service,
      isHttp: false,
      start: (simulation, environment) => {
        const participant = beginner(simulation, environment);
        const edges = edgesOf(simulation, environment);
        const backlog = backlogIn(simulation);
        return orSayAgain(
          nudge(participant, edges, () => DEADLINE_MS, backlog),
          sayingAgain(participant, edges, backlog, readerOf(simulation, service)),
        );
      },
    },
  };
}

/** A person's run, which is made again if it fails. */
const readerOf = ({ world }: Simulation, service: string) => ({
  scan: async (limit: number, after?: Pick<Item, 'pk'>) => world.tableOf(service).scan(limit, after),
});

/** Far below what keeps the schedule from nudging: these runs are not about long queues. */
const backlogIn = (simulation: Simulation) => async () =>
  Math.max(...simulation.cast.players.map(({ service }) => simulation.world.waitingFor(service)));
