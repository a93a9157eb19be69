import * as z from 'zod';
import type { Backlog, Edges } from '../batch/edges.ts';
import { fromItem } from '../batch/record.ts';
import { run } from '../batch/run.ts';
import type { TableReader } from '../batch/store.ts';
import { log, loggingInvocations } from '../environment/log.ts';
import { CallerId, type SagaId } from '../saga/ids.ts';
import type { Begun } from '../saga/initiator.ts';
import { perSaga } from '../saga/per-saga.ts';
import type { Initiating } from './initiating.ts';

const PAGE_SIZE = 100;
/** No page is begun after this; the last page still fits into the function's timeout. */
const MAX_RUN_MS = 10_000;
/** Each saga that is said again is several messages more. */
const MAX_BACKLOG = 1_000;

const Time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/**
 * `from`: the oldest moment to which a table was put back. `after`: where an earlier run ended. `lost`: sagas of which the
 * initiator's own table has no record any more, and whose they were.
 */
const wantedOf = perSaga(({ id, owner }) => {
  const Lost = z.strictObject({ [id.name]: id.schema, [owner]: CallerId });
  return z.union([
    z.strictObject({ lost: z.array(Lost).min(1).max(PAGE_SIZE) }),
    z.strictObject({ from: Time, after: z.string().min(1).optional() }),
  ]);
});

interface SaidAgain {
  readonly saidAgain: number;
  readonly failed: number;
  readonly isFinished: boolean;
  /** Where the next run has to go on, if this one is not finished. */
  readonly after?: string;
}

/**
 * After a restore of tables to different moments: the sagas that have ended since the oldest of them are said again, so that
 * whoever was put back behind that goes there once more. Nothing that has ended changes. Sagas that have not ended are
 * the schedule's.
 *
 * @throws Error if the event has another shape, or the table does not answer
 */
export const sayingAgain =
  <State extends Begun & { readonly status: string }, Placed extends Begun>(
    participant: Initiating<State, Placed>,
    edges: Edges,
    backlog: Backlog,
    { scan }: Pick<TableReader, 'scan'>,
  ) =>
  async (event: unknown): Promise<SaidAgain> => {
    const { saga, table } = participant;
    const wanted = wantedOf(saga).parse(event);
    const total = { saidAgain: 0, failed: 0 };
    const say = async (sagas: readonly { readonly sagaId: SagaId; readonly owner?: string }[]) => {
      const work = sagas.map(({ sagaId, ...whose }) => ({
        sagaId,
        input: { type: 'say-again', ...whose } as const,
      }));
      const outcomes = await run(participant, work, edges);
      const failed = outcomes.filter(({ kind }) => kind === 'failed').length;
      total.failed += failed;
      total.saidAgain += outcomes.length - failed;
    };
    if ('lost' in wanted) {
      await say(
        wanted.lost.map((each) => ({
          sagaId: each[saga.id.name] as SagaId,
          owner: String(each[saga.owner]),
        })),
      );
      return report({ ...total, isFinished: total.failed === 0 });
    }
    const startedMs = edges.now();
    let { after } = wanted;
    while (edges.now() - startedMs < MAX_RUN_MS && (await backlog()) <= MAX_BACKLOG) {
      const page = await scan(PAGE_SIZE, after === undefined ? undefined : { pk: after });
      const records = page.entries.flatMap((item) =>
        typeof item.record === 'string' ? fromItem(table, item) : [],
      );
      const ended = records.filter(
        ({ state: { status }, updatedAtMs }) =>
          updatedAtMs >= wanted.from && (status === 'CONFIRMED' || status === 'CANCELLED'),
      );
      await say(ended.map(({ sagaId }) => ({ sagaId })));
      if (total.failed > 0) break;
      after = page.next?.pk;
      if (after === undefined) return report({ ...total, isFinished: true });
    }
    return report({ ...total, isFinished: false, ...(after === undefined ? {} : { after }) });
  };

/** The schedule's function, whose event may be a person's wish instead: `{"sayAgain": …}`. */
export const orSayAgain = <Nudges>(
  nudge: () => Promise<Nudges>,
  say: (wanted: unknown) => Promise<SaidAgain>,
) =>
  loggingInvocations(async (event?: unknown, _invocation?: object): Promise<Nudges | SaidAgain> => {
    const { sayAgain: wanted } = (event ?? {}) as { readonly sayAgain?: unknown };
    return wanted === undefined ? await nudge() : await say(wanted);
  });

function report(said: SaidAgain): SaidAgain {
  log(said.failed > 0 ? 'warn' : 'info', 'said again', { ...said });
  return said;
}
