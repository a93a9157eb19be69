import {
  type CancellationReason,
  type DynamoDBClient,
  DynamoDBServiceException,
} from '@aws-sdk/client-dynamodb';
import type { Write } from '../../engine/batch/store.ts';
import { DynamoStore } from '../../engine/dynamodb/dynamo-store.ts';
import { isOfAudit } from './checker/audit.ts';
import { statusOf } from './checker/row.ts';
import type { Coverage } from './coverage.ts';
import type { Environment } from './environment.ts';
import { type CallKind, detailOf, type Fault } from './faults.ts';
import type { Invocation } from './invocation.ts';
import type { Simulation } from './simulation.ts';
import {
  type Asked,
  answerOf,
  askedBy,
  batchGet,
  type Command,
  type Conditional,
  cancelled,
  failure,
  pageOf,
  write,
} from './world/dynamodb.ts';
import { keyOf, type Table } from './world/table.ts';

/** In some seeds a transaction of several sagas has to be small: 4 MB are more than so few ever write at once. */
const FEW_BYTES_SEEDS = 0.3;
const FEW_BYTES = 6_500;

const throttled = (): never => failure('ThrottlingException', 'the table does not answer');
const lost = (): never => failure('TimeoutError', 'the answer was lost');

/** The real store of one environment, in front of a client each call of which the scheduler decides on. */
export const storeOf = (
  simulation: Simulation,
  environment: Environment,
  service = environment.service,
): DynamoStore => new DynamoStore(clientOf(simulation, environment, service), service);

/** `service`: whose table it is. */
function clientOf(simulation: Simulation, environment: Environment, service: string): DynamoDBClient {
  const calls = new Calls(simulation, environment, service);
  const client = { send: (command: Command): Promise<unknown> => calls.make(askedBy(command)) };
  return client as unknown as DynamoDBClient;
}

class Calls {
  readonly #simulation: Simulation;
  readonly #environment: Environment;
  readonly #service: string;
  readonly #table: Table;
  readonly #maxBytes: number | undefined;

  constructor(simulation: Simulation, environment: Environment, service: string) {
    this.#simulation = simulation;
    this.#environment = environment;
    this.#service = service;
    this.#table = simulation.world.tableOf(service);
    this.#maxBytes = detailOf(simulation.seed, 0, 9) < FEW_BYTES_SEEDS ? FEW_BYTES : undefined;
  }

  make(asked: Asked): Promise<unknown> {
    const effect = () => answerOf(this.#table, asked);
    switch (asked.kind) {
      case 'get':
        return this.#call('read', () => asked.key, effect, { partial: throttled });
      case 'batch get': {
        // As if what was asked for were more than 16 MB.
        const partial = () =>
          batchGet(this.#table, asked, Math.floor(this.#simulation.detail(7) * asked.keys.length));
        return this.#call('read', () => asked.keys.join(' '), effect, { partial });
      }
      case 'query': {
        const { query } = asked;
        return this.#call('query', () => `${query.index} ${query.partition.join('=')}`, effect, {
          'index-lag': () => pageOf(this.#table.query(query, true)),
          'entry-twice': () => {
            const page = this.#table.query(query);
            return pageOf({ ...page, entries: [...page.entries, ...page.entries] });
          },
        });
      }
      case 'write':
        return this.#write(asked.writes);
      case 'scan': {
        const { limit, after } = asked;
        return this.#call('query', () => `all of ${this.#service}`, effect, {
          'index-lag': () => pageOf(this.#table.scan(limit, after, true)),
          'entry-twice': () => effect(),
        });
      }
      default:
        return asked satisfies never;
    }
  }

  #call(
    kind: CallKind,
    about: () => string,
    effect: () => object,
    instead: Partial<Readonly<Record<Fault, () => object>>>,
  ): Promise<object> {
    const { invocation } = this.#environment;
    return this.#simulation.call(invocation, { kind, about, effect, instead: { throttled, ...instead } });
  }

  #write(asked: readonly Conditional[]): Promise<unknown> {
    const { coverage } = this.#simulation;
    const { invocation } = this.#environment;
    const writes = asked.map((each) => each.write);
    const effect = () => {
      // Of those who crash while it happens, the sender is over already.
      if (isGroup(writes) && invocation?.isOver === true) coverage.count('crash in a group');
      return this.#apply(asked, invocation);
    };
    return this.#call('write', () => writes.map(describeWrite).join(', '), effect, {
      'answer-lost': () => {
        this.#apply(asked, invocation);
        return lost();
      },
      invalid: () => {
        if (writes.length === 1 && invocation !== undefined) invocation.faultsOfOne += 1;
        return tooLarge(writes, invocation);
      },
      conflict: () => {
        if (isGroup(writes)) coverage.count('group refused: conflict');
        return cancelled(writes, conflictOf(writes, this.#simulation.detail(1)));
      },
    });
  }

  #apply(asked: readonly Conditional[], invocation: Invocation | undefined): object {
    const { checker, coverage, rules, areFaultsOn } = this.#simulation;
    const service = this.#service;
    const writes = asked.map((each) => each.write);
    if (areFaultsOn && writes.some((write) => rules.isUnwritable(write))) return tooLarge(writes, invocation);
    const before = checker.beforeWrite(service, writes);
    try {
      write(this.#table, asked, countPuts(writes) > 1 ? this.#maxBytes : undefined);
    } catch (error) {
      countCulprits(asked, before, coverage);
      if (error instanceof DynamoDBServiceException && error.name === 'ValidationException')
        coverage.count('group refused: too large');
      throw error;
    }
    checker.wrote(service, writes, before, invocation);
    return {};
  }
}

/** An item that is too large takes all that is written with it along. */
function tooLarge(writes: readonly Write[], invocation: Invocation | undefined): never {
  const [only, ...others] = writes.filter((each) => !isOfAudit(keyOf(each)));
  if (only !== undefined && others.length === 0) invocation?.unwritten.add(keyOf(only));
  return failure('ValidationException', 'Item size has exceeded the maximum allowed size');
}

const countPuts = (writes: readonly Write[]): number => writes.filter(({ kind }) => kind === 'put').length;

const isGroup = (writes: readonly Write[]): boolean =>
  writes.filter((write) => write.kind === 'put' && write.item.record !== undefined).length > 1;

/** Who kept a group of sagas from being written together. */
function countCulprits(
  asked: readonly Conditional[],
  before: ReadonlyMap<string, Parameters<Conditional['condition']>[0]>,
  coverage: Coverage,
): void {
  if (!isGroup(asked.map(({ write }) => write))) return;
  for (const { write, condition } of asked) {
    if (condition(before.get(keyOf(write)))) continue;
    if (write.kind !== 'put') coverage.count('group refused: sold out');
    else coverage.count(write.expects === 'absent' ? 'group refused: duplicate' : 'group refused: stale');
  }
}

function describeWrite(write: Write): string {
  if (write.kind === 'add')
    return [
      write.key,
      ...Object.entries(write.deltas).map(([name, by]) => `${name} ${by > 0 ? '+' : ''}${by}`),
    ].join(' ');
  if (write.kind === 'delete') return `${write.key} deleted`;
  const { item, expects } = write;
  return `${item.pk} ${item.record === undefined ? '' : statusOf(item)} over ${typeof expects === 'object' ? `version ${expects.version ?? 'unknown'}` : expects}`;
}

/** Some of the writes met a transaction of somebody else's; which ones is no matter of order. */
function conflictOf(writes: readonly Write[], draw: number): readonly CancellationReason[] {
  const loser = Math.floor(draw * writes.length);
  return writes.map((_, index) => ({
    Code: index === loser || (draw * 977) % 1 > 0.8 ? 'TransactionConflict' : 'None',
  }));
}
