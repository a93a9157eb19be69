// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are pieces of the product's code
import type { Bug } from './bug.ts';

export const engineBugs: readonly Bug[] = [
  {
    name: 'condition loosened: whatever is stored is overwritten',
    file: 'engine/batch/commit.ts',
    find: "({ kind: 'put', item, expects })",
    replace: "({ kind: 'put', item, expects: 'anything' })",
  },
  {
    name: 'published before it is written',
    file: 'engine/batch/run.ts',
    find: '        return [verdict.change];',
    replace:
      '        this.#publish(verdict.change.says ?? []).catch(() => {});\n        return [verdict.change];',
  },
  {
    name: 'acknowledged before it is published',
    file: 'engine/batch/run.ts',
    find: '    job.outcome = this.#publish(says).then(',
    replace: '    this.#publish(says).catch(() => {});\n    job.outcome = Promise.resolve().then(',
  },
  {
    name: 'sum off by one in a group',
    file: 'engine/batch/commit.ts',
    find: 'delta: delta + (sum?.delta ?? 0)',
    replace: 'delta: sum === undefined ? delta : delta + sum.delta + 1',
  },
  {
    name: 'only the last of a group taken from the counter',
    file: 'engine/batch/commit.ts',
    find: 'delta: delta + (sum?.delta ?? 0)',
    replace: 'delta',
  },
  {
    name: 'rejected by what is only remembered of the stock',
    file: 'engine/batch/judge.ts',
    find: 'if (!verdicts.some(({ isUnfounded }) => isUnfounded)) return verdicts;',
    replace: 'if (verdicts.length > 0) return verdicts;',
  },
  {
    name: 'a contended change dropped',
    file: 'engine/batch/run.ts',
    find: 'contended: ({ job }) => this.#again(job, job.tries + 1),',
    replace:
      "contended: ({ job }) => this.#finish(job, { kind: 'ignored', reason: 'contended', record: undefined }, []),",
  },
  {
    name: 'outbox emptied by a step that says nothing',
    file: 'engine/batch/record.ts',
    find: 'outbox: step.outbox ?? before?.outbox ?? [],',
    replace: 'outbox: step.outbox ?? [],',
  },
  {
    name: 'condition of a second step loosened: only the first write is conditional',
    file: 'engine/batch/judge.ts',
    find: "const expects = before === undefined ? 'absent' : { version: before.version };",
    replace: "const expects = before === undefined ? ('absent' as const) : ('anything' as never);",
  },
  {
    name: 'what was decided on a draft that did not come true is written all the same',
    file: 'engine/batch/commit.ts',
    find: 'isDraftTrue &&= react === reactions.committed;',
    replace: 'isDraftTrue = true;',
  },
  {
    name: 'what was not tried is dropped',
    file: 'engine/batch/run.ts',
    find: 'redo: ({ job }) => this.#ready.push(job),',
    replace:
      "redo: ({ job }) => this.#finish(job, { kind: 'ignored', reason: 'redo', record: undefined }, []),",
  },
  {
    name: 'the wrong culprit blamed for a cancelled transaction',
    file: 'engine/batch/commit.ts',
    find: 'learn(view, writes[index], refusal)',
    replace: 'learn(view, writes[(index + 1) % writes.length], refusal)',
  },
  {
    name: 'the item that stands in the way not learned',
    file: 'engine/batch/commit.ts',
    find: 'view.learn(keyOf(write), refusal.stored)',
    replace: 'view.learn(keyOf(write), undefined)',
  },
  {
    name: 'all of a group fail with one that can never be written',
    file: 'engine/batch/commit.ts',
    find: 'return reactions.isolate;',
    replace: 'return (change) => reactions.failed(change, error);',
  },
  {
    name: 'a change of which it is not known whether it is written taken for done',
    file: 'engine/batch/commit.ts',
    find: 'return (change) => reactions.failed(change, error);',
    replace: 'return reactions.committed;',
  },
  {
    name: 'a refused transaction taken for done',
    file: 'engine/batch/commit.ts',
    find: '    return reactions.contended;',
    replace: '    return reactions.committed;',
  },
  {
    name: 'order of the messages of one order reversed',
    file: 'engine/batch/run.ts',
    find: 'for (const work of batch.toReversed()) {',
    replace: 'for (const work of batch) {',
  },
  {
    name: 'messages of one order decided at the same time',
    file: 'engine/batch/run.ts',
    find: 'heads: all.filter((job) => heads.get(job.work.orderId) === job)',
    replace: 'heads: all',
  },
  {
    name: 'history not appended',
    file: 'engine/batch/record.ts',
    find: 'history: [...(before?.history ?? []), entry].slice(-MAX_HISTORY)',
    replace: 'history: [entry]',
  },
  {
    name: 'version not counted',
    file: 'engine/batch/record.ts',
    find: 'version: (before?.version ?? 0) + 1',
    replace: 'version: 1',
  },
  {
    name: 'events not written with the step',
    file: 'engine/batch/record.ts',
    find: 'outbox: step.outbox ?? before?.outbox ?? [],',
    replace: 'outbox: [],',
  },
  {
    name: 'a failed publication swallowed',
    file: 'engine/batch/run.ts',
    find: "(error: Error) => ({ kind: 'failed', error, record: outcome.record }),",
    replace: '() => outcome,',
  },
  {
    name: 'confirms not awaited',
    file: 'engine/batch/run.ts',
    find: '    await Promise.all(says.map(',
    replace: '    void Promise.all(says.map(',
  },
  {
    name: 'a repeat says nothing',
    file: 'engine/batch/run.ts',
    find: "this.#finish(job, { kind: 'done', record: before }, before.outbox);",
    replace: "this.#finish(job, { kind: 'done', record: before }, []);",
  },
  {
    name: 'only the first of several events is said',
    file: 'engine/batch/run.ts',
    find: "this.#finish(job, { kind: 'done', record: before }, before.outbox);",
    replace: "this.#finish(job, { kind: 'done', record: before }, before.outbox.slice(1));",
  },
  {
    name: 'an answer of the provider not written',
    file: 'engine/batch/run.ts',
    find: '          job.input = answer;\n',
    replace:
      "          if (job.tries < 99) return this.#finish(job, { kind: 'done', record }, []);\n          job.input = answer;\n",
  },
  {
    name: 'an unknown answer of the provider ends the step',
    file: 'engine/batch/run.ts',
    find: '(error: unknown) => this.#fail(job, error, record),',
    replace: "() => this.#finish(job, { kind: 'done', record }, record.outbox),",
  },
  {
    name: 'a step that failed counts as ignored',
    file: 'engine/batch/run.ts',
    find: "    this.#finish(job, { kind: 'failed', error, record }, []);",
    replace:
      "    if (record === undefined) this.#finish(job, { kind: 'ignored', reason: error.message, record }, []);\n    else this.#finish(job, { kind: 'failed', error, record }, []);",
  },
  {
    name: 'stock of a group counted for its first order only',
    file: 'engine/batch/commit.ts',
    find: '    sums.set(key, {',
    replace: '    if (sum === undefined) sums.set(key, {',
  },
  {
    name: 'what the decision relied on not checked',
    file: 'engine/batch/commit.ts',
    find: 'relyingOn: { ...sum?.relyingOn, ...relyingOn },',
    replace: 'relyingOn: {},',
  },
  {
    name: 'a message under another id each time',
    file: 'engine/saga/envelope.ts',
    find: 'id: eventId(orderId, fact.type),',
    replace: 'id: `${eventId(orderId, fact.type)}:${nowMs}`,',
  },
  {
    name: 'a drain that is not woken',
    file: 'engine/batch/run.ts',
    find: '        this.#calling -= 1;\n        this.#wake();',
    replace: '        this.#calling -= 1;',
  },
];
