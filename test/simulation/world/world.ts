import type { Item } from '../../../engine/batch/store.ts';
import { parseQueueShards } from '../../../engine/saga/queue-shards.ts';
import { DEFAULT_RETRY_DELAYS, parseRetryDelays } from '../../../engine/saga/routes.ts';
import type { Saga } from '../../../engine/saga/saga.ts';
import { queuesOf } from '../../../infra/broker/shards.ts';
import { type Topology, topologyOf } from '../../../infra/broker/topology.ts';
import type { Cast } from '../cast.ts';
import { statusOf } from '../checker/row.ts';
import { remembered } from '../remembered.ts';
import { Broker } from './broker.ts';
import { Clock } from './clock.ts';
import { type Holding, Ledger, type Refusals } from './ledger.ts';
import { PaymentProvider } from './provider.ts';
import { indexesIn, Table } from './table.ts';

export const retryDelays = parseRetryDelays(DEFAULT_RETRY_DELAYS);

const topologiesFor = remembered((saga: Saga) =>
  remembered((shards: string) => {
    const counts = parseQueueShards(saga, shards);
    const queues = new Map(saga.services.map((service) => [service, queuesOf(service, counts)]));
    return { topology: topologyOf(saga, retryDelays, counts), queues };
  }),
);

/** How long a saga may take before it cancels itself, as in serverless.yml. */
export const DEADLINE_MS = 900_000;
export const BEGIN_MS = Date.parse('2026-01-01T00:00:00Z');

/** As QUEUE_SHARDS says it. */
export const ONE_QUEUE_EACH = '1';

interface Circumstances {
  /** What those refuse whom a service asks. */
  readonly refusals?: (service: string) => Refusals;
  readonly shards?: string;
  readonly restored?: Restored;
}

/** What a world goes on with whose tables were put back and whose broker is new. */
export interface Restored {
  /** As they were, each at a moment of its own. */
  readonly tables: ReadonlyMap<string, ReadonlyMap<string, Item>>;
  /** Who is ahead of them. */
  readonly provider: PaymentProvider;
  readonly clock: Clock;
  /** Before the oldest of those moments. */
  readonly sinceMs: number;
}

const NOTHING: Holding = { effects: 0, isHeld: undefined };

/** Everything outside the functions: a table for each service, a broker, whomever steps ask, and the time. */
export class World {
  readonly cast: Cast;
  readonly clock: Clock;
  readonly tables: ReadonlyMap<string, Table>;
  readonly topology: Topology;
  readonly broker: Broker;
  /** Whom the shop's payment asks. In a saga without one nobody asks it. */
  readonly provider: PaymentProvider;
  /** Since when tables may not know what happened; undefined if none was put back. */
  readonly restoredSinceMs: number | undefined;
  /** The service of which somebody else says what it says. */
  takenOver: string | undefined;
  /** Whether what is wrong may still be put right. */
  isRecovering: boolean;
  /** Sagas that nobody has placed, and that some message speaks of all the same. */
  readonly unasked = new Set<string>();
  /** What has lately come to wait for a person. */
  readonly stuck: { readonly service: string; readonly sagaId: string }[] = [];
  readonly #queues: ReadonlyMap<string, readonly string[]>;
  readonly #ledgers: ReadonlyMap<string, Ledger>;

  constructor(
    cast: Cast,
    { refusals = () => 'none', shards = ONE_QUEUE_EACH, restored }: Circumstances = {},
  ) {
    const { saga, players } = cast;
    this.cast = cast;
    this.clock = restored?.clock ?? new Clock(BEGIN_MS);
    this.provider = restored?.provider ?? new PaymentProvider(this.clock);
    this.restoredSinceMs = restored?.sinceMs;
    this.isRecovering = restored !== undefined;
    const { topology, queues } = topologiesFor(saga)(shards);
    this.topology = topology;
    this.#queues = queues;
    this.broker = new Broker(this.topology, this.clock);
    this.tables = new Map(
      players.map(({ service }) => [
        service,
        new Table(indexesIn(saga, service), [...(restored?.tables.get(service)?.values() ?? [])]),
      ]),
    );
    this.#ledgers = new Map(
      players.flatMap(({ service, samples }) =>
        samples === undefined ? [] : [[service, new Ledger(service, samples, refusals(service))]],
      ),
    );
  }

  /** The names of a service's queues: several, if it is sharded. */
  queuesOf(service: string): readonly string[] {
    return this.#queues.get(service) ?? [];
  }

  /** How many messages its queues have for a service. */
  waitingFor(service: string): number {
    return this.queuesOf(service).reduce((sum, name) => sum + this.broker.queue(name).messages.length, 0);
  }

  tableOf(service: string): Table {
    const table = this.tables.get(service);
    if (table === undefined) throw new Error(`${service} has no table`);
    return table;
  }

  /** The sagas there are: the records of whoever begins them. */
  get sagas(): ReadonlyMap<string, Item> {
    const { items, hasOthers } = this.tableOf(this.cast.initiator.service);
    return hasOthers ? new Map([...items].filter(([, { record }]) => record !== undefined)) : items;
  }

  recordOf(service: string, sagaId: string): Item | undefined {
    return this.tableOf(service).items.get(this.cast.playerOf(service).key(sagaId as never));
  }

  ledgerOf(service: string): Ledger {
    const ledger = this.#ledgers.get(service);
    if (ledger === undefined) throw new Error(`${service} asks no ledger`);
    return ledger;
  }

  /** What is held for a saga by whom a service asks. */
  holdingOf(service: string, sagaId: string): Holding {
    const { outside, step } = this.cast.playerOf(service);
    const held = outside?.holding(this, sagaId) ?? this.#ledgers.get(service)?.holding(sagaId) ?? NOTHING;
    // A person has settled what is held there.
    const isResolved = step !== undefined && statusOf(this.recordOf(service, sagaId)) === step.names.resolved;
    return isResolved ? { ...held, isHeld: false } : held;
  }

  /** All that is known to whom a service asks. */
  known(service: string): unknown {
    const { outside } = this.cast.playerOf(service);
    return outside === undefined ? [...(this.#ledgers.get(service)?.entries ?? [])] : outside.known(this);
  }
}
