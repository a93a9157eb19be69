import type { TableEdges } from '../batch/edges.ts';
import { fromItem } from '../batch/record.ts';
import { log } from '../environment/log.ts';
import { Problem } from '../http/problem.ts';
import type { SagaId } from '../saga/ids.ts';
import type { Saga } from '../saga/saga.ts';
import type { SagaRecord } from '../saga/table.ts';
import type { Admission } from './admission.ts';
import type { Initiating, InitiatorStatus } from './initiating.ts';
import { Line } from './line.ts';

/** How often an environment looks what became of the sagas it began. */
const LOOK_AFTER_MS = 1_000;
/** The shortest and the longest time after which to come again. */
const [SOONEST_SECONDS, LATEST_SECONDS] = [2, 30];

/**
 * Lets nobody in who would wait longer than that for its saga to be worked on: it is answered at once instead, and the
 * others do not wait longer for it. The limit is a time and not a number, so it fits any machine and any provider. It
 * asks no broker: an environment looks at the records of a few sagas that it began. If the table does not answer,
 * everybody is let in.
 */
export function whileWaitIsShort<State extends InitiatorStatus>(
  { saga, table }: Pick<Initiating<State, State>, 'saga' | 'table'>,
  edges: TableEdges,
  maxSeconds: () => number,
): Admission {
  const line = new Line();
  const isThrough = throughIn(saga);
  let askedMs = Number.NEGATIVE_INFINITY;

  const through = async (ids: readonly SagaId[]): Promise<ReadonlySet<SagaId>> => {
    const items = [...(await edges.store.read(ids.map((id) => table.key(id)))).values()];
    const records = items.map((item) => fromItem(table, item));
    return new Set(records.filter(isThrough).map(({ sagaId }) => sagaId));
  };

  const look = async (newest: SagaId): Promise<void> => {
    let found = await through([newest]);
    if (found.size === 0) {
      const widely = await through(line.spread());
      found = new Set([...widely, ...(await through(line.spread(widely)))]);
    }
    line.moved(found, edges.now());
  };

  const admit = (): void => {
    const most = maxSeconds();
    if (most === Number.POSITIVE_INFINITY) return;
    const nowMs = edges.now();
    if (nowMs - askedMs >= LOOK_AFTER_MS) {
      const newest = line.newest(nowMs);
      askedMs = nowMs;
      if (newest !== undefined)
        look(newest).catch((error: unknown) =>
          log('warn', 'the wait is not known', { error: String(error) }),
        );
    }
    const wait = line.waitSeconds(nowMs);
    if (wait <= most) return;
    throw new Problem(
      'busy',
      `A new ${saga.initiator} would wait about ${Math.round(wait)} seconds. Send this one again, unchanged, later.`,
      [],
      Math.ceil(Math.min(Math.max(wait - most, SOONEST_SECONDS), LATEST_SECONDS)),
    );
  };
  const began = (sagaId: SagaId): void => {
    if (maxSeconds() < Number.POSITIVE_INFINITY) line.joined(sagaId, edges.now());
  };
  return { admit, began };
}

/**
 * Whether a saga had its turn at the last step: it was confirmed, or has failed or begun to wait for somebody there. One
 * that failed at an earlier step, or was cancelled, did not wait for those before it, and says nothing of them.
 */
function throughIn(saga: Saga) {
  const last = saga.completes.map((type) => saga.publisherOf(type));
  const turns = saga.eventTypes.filter(
    (type) => saga.kindOf(type) !== 'step' && last.includes(saga.publisherOf(type)),
  );
  return ({ state, history }: SagaRecord<{ readonly status: string }>): boolean =>
    state.status === 'CONFIRMED' || history.some(({ because }) => turns.includes(because));
}

/**
 * The longest time that a saga may wait, in seconds: MAX_EXPECTED_WAIT_SECONDS. Infinity if there is no limit.
 * @throws RangeError naming the setting that is wrong
 */
export function waitLimit(text = process.env.MAX_EXPECTED_WAIT_SECONDS): number {
  if (text === undefined || text === '' || text === 'none') return Number.POSITIVE_INFINITY;
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new RangeError(
      `MAX_EXPECTED_WAIT_SECONDS is ${JSON.stringify(text)}: it has to be a number of seconds, or none`,
    );
  return Number(text);
}
