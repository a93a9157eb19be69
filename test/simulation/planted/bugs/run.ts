import type { Committed } from '../../../../engine/batch/commit.ts';
import type { JobDecision, NoChange } from '../../../../engine/batch/decide.ts';
import type { Outcome } from '../../../../engine/batch/run.ts';
import type { SagaId } from '../../../../engine/saga/ids.ts';
import type { SagaRecord } from '../../../../engine/saga/table.ts';
import { bugsIn } from '../planter/bug.ts';

interface State {
  readonly status: string;
}
interface Job {
  readonly work: { readonly sagaId: SagaId; readonly input: unknown };
  input: unknown;
}
type Says = readonly unknown[];
type Publish = (says: Says) => Promise<void>;
type Finish = (job: Job, outcome: Outcome<State>, says: Says) => void;
type GoOn = (change: { readonly job: Job }, became: Committed) => void;
type Again = (job: Job, tries: number) => void;
type Act = (decision: JobDecision<State, unknown, Job>) => readonly unknown[];
type ActOn = (decision: NoChange<State, unknown, Job>) => void;
type Fail = (job: Job, cause: unknown, record?: SagaRecord<State>) => void;
type Fold = (batch: readonly object[]) => unknown;
type Lanes = (batch: readonly unknown[]) => { readonly all: readonly Job[]; readonly heads: readonly Job[] };

/** How a batch is decided, written, called out and published, in this order. */
const inRun = bugsIn('engine/batch/run.ts', [
  {
    name: 'published before it is written',
    in: 'Run.#act',
    plant:
      (original: Act, { publish }: { publish: Publish }): Act =>
      (decision) => {
        if (decision.kind === 'change') publish(decision.change.says ?? []).catch(() => {});
        return original(decision);
      },
  },
  {
    name: 'acknowledged before it is published',
    in: 'Run.#finish',
    plant:
      (original: Finish, { publish }: { publish: Publish }): Finish =>
      (job, outcome, says) => {
        publish(says).catch(() => {});
        original(job, outcome, []);
      },
  },
  {
    name: 'confirms not awaited',
    in: 'Run.#publish',
    plant:
      (original: Publish): Publish =>
      async (says) => {
        original(says).catch(() => {});
      },
  },
  {
    name: 'a failed publication swallowed',
    in: 'Run.#publish',
    plant:
      (original: Publish): Publish =>
      (says) =>
        original(says).catch(() => {}),
  },
  {
    name: 'a contended change dropped',
    in: 'Run.#goOn',
    plant:
      (original: GoOn, { finish }: { finish: Finish }): GoOn =>
      (change, became) => {
        if (became.kind !== 'contended') original(change, became);
        else finish(change.job, { kind: 'ignored', reason: 'contended', record: undefined }, []);
      },
  },
  {
    name: 'whom it asks asked again after a contended write',
    in: 'Run.#again',
    plant:
      (original: Again): Again =>
      (job, tries) => {
        job.input = job.work.input;
        original(job, tries);
      },
  },
  {
    name: 'what was not tried is dropped',
    in: 'Run.#goOn',
    plant:
      (original: GoOn, { finish }: { finish: Finish }): GoOn =>
      (change, became) => {
        if (became.kind !== 'outdated') original(change, became);
        else finish(change.job, { kind: 'ignored', reason: 'outdated', record: undefined }, []);
      },
  },
  {
    name: 'order of the messages of one order reversed',
    in: 'lanes',
    plant:
      (original: Lanes): Lanes =>
      (batch) =>
        original(batch.toReversed()),
  },
  {
    name: 'messages of one order decided at the same time',
    in: 'lanes',
    plant:
      (original: Lanes): Lanes =>
      (batch) => {
        const { all } = original(batch);
        return { all, heads: all };
      },
  },
  {
    name: 'a repeat says nothing',
    in: 'Run.#actOn',
    plant:
      (original: ActOn): ActOn =>
      (decision) =>
        original({ ...decision, before: decision.before && { ...decision.before, outbox: [] } }),
  },
  {
    name: 'a repeat leaves out the first event',
    in: 'Run.#actOn',
    plant:
      (original: ActOn): ActOn =>
      (decision) => {
        const { before } = decision;
        original({ ...decision, before: before && { ...before, outbox: before.outbox.slice(1) } });
      },
  },
  {
    name: 'charged before the intent is written',
    in: 'Run.#act',
    plant:
      (
        original: Act,
        { participant }: { participant: { perform?: (sagaId: SagaId, effect: unknown) => Promise<unknown> } },
      ): Act =>
      (decision) => {
        const effect = decision.kind === 'change' ? decision.change.effect : undefined;
        if (effect !== undefined) participant.perform?.(decision.job.work.sagaId, effect).catch(() => {});
        return original(decision);
      },
  },
  {
    name: 'an unknown answer of the provider ends the step',
    in: 'Run.#fail',
    plant:
      (original: Fail, { finish }: { finish: Finish }): Fail =>
      (job, cause, record) => {
        if (record === undefined) original(job, cause);
        else finish(job, { kind: 'done', record }, record.outbox);
      },
  },
  {
    name: 'a step that failed counts as ignored',
    in: 'Run.#fail',
    plant:
      (original: Fail, { finish }: { finish: Finish }): Fail =>
      (job, cause, record) => {
        if (record !== undefined) original(job, cause, record);
        else finish(job, { kind: 'ignored', reason: String(cause), record }, []);
      },
  },
  {
    name: 'a drain that is not woken',
    in: 'Run.#goOnWith',
    at: { call: 'this.#wake' },
    plant: () => {},
  },
]);

export const runBugs = [
  ...inRun,
  ...bugsIn('engine/batch/copies.ts', [
    {
      name: 'what follows of one order taken for a copy',
      in: 'fold',
      plant:
        (original: Fold): Fold =>
        (batch) =>
          original(batch.map((work) => ({ ...work, message: '' }))),
    },
  ]),
];
