import type { CallKind } from './faults.ts';
import type { Message } from './world/broker.ts';

/** How an invocation ended, as whoever invoked it sees it. */
export type End =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'crashed' };

/** One run of a function in an environment. Once it is over, nothing of it happens any more. */
export class Invocation {
  readonly id: number;
  readonly functionName: string;
  readonly service: string;
  readonly startedMs: number;
  readonly startedStep: number;
  /** How far the world's clock had come, there and back, when it began. */
  readonly movedBeforeMs: number;
  /** How wrong its environment's clock is. */
  readonly skewMs: number;
  /** The batch as it was delivered, if an event source invoked it. The broker's own go on counting. */
  readonly messages: readonly Message[];
  /** Sagas of which it has had an event of its own service confirmed. */
  readonly saidOf = new Set<string>();
  /** Messages it has had confirmed in a delay queue, the dead-letter queue, or its service's own: their bodies by id. */
  readonly settledElsewhere = new Map<string, string | Buffer>();
  /** How far in its batch it has come with each saga. */
  readonly reached = new Map<string, number>();
  /** Sagas of its batch for which whom its service asks held something when it began. */
  readonly heldBefore = new Set<string>();
  /** Stock it has taken, by SKU, in each of its transactions. */
  readonly takings: ReadonlyMap<string, number>[] = [];
  /** What was overdue when it began, if it is a run of the schedule. */
  due: ReadonlyMap<string, number> = new Map();
  /** Keys of what no table takes, as if the item were too large. */
  readonly unwritten = new Set<string>();
  /** How often it was answered without a fault what it asked of the outside, by kind of call and saga. */
  readonly answers = new Map<string, number>();
  /** Sagas that it has claimed to nudge. */
  readonly claimed = new Set<string>();
  /** The lowest that the world's clock has stood whenever it made a call: what it did later was decided by then. */
  earliestMs: number;
  readonly onCrash: (() => void)[] = [];
  isOver = false;
  /** Over without having returned: its code may go on for a moment, and nobody is there to see it. */
  isDead = false;
  /** Kinds of calls of which one has failed, as its function sees it. */
  readonly failed = new Set<CallKind>();
  pending = 0;
  /** Timers that it has set and that have not rung yet. */
  timers = 0;
  calls = 0;
  faults = 0;
  /** Of these, how often it was told only to come later: that is no failure. */
  refusedForNow = 0;
  /** Of these, how many concern a single item that cannot be written: they are no reason to do nothing about others. */
  faultsOfOne = 0;
  readonly #ended: (end: End) => void;

  constructor(
    about: Pick<
      Invocation,
      | 'id'
      | 'functionName'
      | 'service'
      | 'startedMs'
      | 'startedStep'
      | 'movedBeforeMs'
      | 'skewMs'
      | 'messages'
    >,
    ended: (end: End) => void,
  ) {
    this.id = about.id;
    this.functionName = about.functionName;
    this.service = about.service;
    this.startedMs = about.startedMs;
    this.earliestMs = about.startedMs;
    this.startedStep = about.startedStep;
    this.movedBeforeMs = about.movedBeforeMs;
    this.skewMs = about.skewMs;
    this.messages = about.messages.map((message) => ({ ...message }));
    this.#ended = ended;
  }

  get name(): string {
    return `${this.functionName}#${this.id}`;
  }

  end(end: End): void {
    if (this.isOver) return;
    this.isOver = true;
    this.isDead = end.kind !== 'returned';
    if (end.kind === 'crashed') for (const undo of this.onCrash) undo();
    this.#ended(end);
  }
}

export function describe(end: End): string {
  switch (end.kind) {
    case 'returned':
      return `returned ${JSON.stringify(end.value) ?? ''}`;
    case 'threw':
      return `threw ${String(end.error)}`;
    case 'crashed':
      return 'CRASHED';
    default:
      return end satisfies never;
  }
}
