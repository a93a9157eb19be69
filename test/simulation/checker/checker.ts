import type { OutgoingMessage } from '../../../engine/batch/messages.ts';
import type { Item, Write } from '../../../engine/batch/store.ts';
import { ERROR_HEADER, MAX_RETURNS, REASON_HEADER } from '../../../engine/consumer/settle.ts';
import type { HttpReply } from '../../../engine/http/http.ts';
import { deadQueueOf } from '../../../engine/saga/routes.ts';
import type { Player } from '../cast.ts';
import type { End, Invocation } from '../invocation.ts';
import type { Trace } from '../trace.ts';
import type { Message } from '../world/broker.ts';
import { keyOf } from '../world/table.ts';
import { DEADLINE_MS, type World } from '../world/world.ts';
import { flawOfAcknowledgement, flawOfWaits } from './acknowledgement.ts';
import { flawOfAnswer } from './answers.ts';
import { flawOfAudit, flawOfNudge, Intentions, isBesides } from './audit.ts';
import { flawOfBatchOrder } from './batch-order.ts';
import { flawOfDeadLettering, isSame } from './dead-lettering.ts';
import type { Flaw } from './flaw.ts';
import { flawOfForgetting, isForgotten } from './forgotten.ts';
import { flawOfEffects, flawOfHoldings } from './holdings.ts';
import { sagaIdOf, typeOf } from './message-id.ts';
import { type Role, roleOf } from './roles.ts';
import { type Row, rowOf, statusOf } from './row.ts';
import type { Rules } from './rules.ts';
import { dueAt, flawOfSchedule } from './schedule.ts';
import { Slots } from './slots.ts';
import { flawOfStep } from './transitions.ts';
import { flawOfTrouble, isTrouble } from './troubles.ts';

/** A promise that was broken: which one, how, and at which step. */
export interface Violation {
  readonly promise: string;
  readonly flaw: string;
  readonly step: number;
}

/** No invocation makes more calls than this; a loop without end would. */
const MAX_CALLS = 400;
/** A record that others keep changing is given up after that many tries, which is no fault of anybody's. */
const CONTENTION = 3;
/** The timeout of 29 s, without the time for two more calls (a payment is created and confirmed) and for what follows. */
const OUT_OF_TIME_MS = 17_000;
/** Whoever asks for something and waits for an answer is told to come later after so long. */
const LATE_MS = 8_000;

/** A wrong clock is two hours out, and may be asked before the invocation has been told to begin. */
const MAX_CLOCK_ERROR_MS = 3 * 3_600_000;

/** Poison of this body can be told by its reason. */
export const NO_JSON = 'no JSON';

type Written = readonly [
  service: string,
  writes: readonly Write[],
  before: ReadonlyMap<string, Item>,
  invocation: Invocation | undefined,
];

/** Watches every effect as it happens, and keeps the first promise that it breaks. */
export class Checker {
  violation: Violation | undefined;
  /** Messages that can never be handled, by service and id. */
  readonly poison = new Set<string>();
  /** Poison that an operator has had discarded. */
  readonly discarded = new Set<string>();
  /** Whether an operator has asked for what is not JSON to be discarded. */
  mayDiscard = false;
  readonly deadLetterReasons = new Map<string, number>();
  /** How many messages were put aside because they had come too often. */
  cameTooOften = 0;
  /** Ids of all events that were confirmed. */
  readonly said = new Set<string>();
  /** Sagas that were forgotten before their outcome was said. */
  readonly forgottenEarly = new Set<string>();
  readonly #world: World;
  readonly #trace: Trace;
  readonly #rules: Rules;
  /** Every body that a record of the service has ever held in its outbox. */
  readonly #outboxes: ReadonlyMap<string, Set<string>>;
  /** Every status that a saga's record has ever had, by service and saga. */
  readonly #had = new Map<string, Set<string>>();
  /** The step in which a saga's record was last written, by service and saga. */
  readonly #lastStep = new Map<string, number>();
  readonly #slots = new Slots();
  readonly #intentions = new Intentions();
  /** Who has written, and when. */
  readonly #writers: {
    readonly service: string;
    readonly step: number;
    readonly invocation: Invocation | undefined;
  }[] = [];
  /** What each status of a service has stood for. */
  readonly #roles = new Map<string, Role>();

  constructor(world: World, trace: Trace, rules: Rules) {
    this.#world = world;
    this.#trace = trace;
    this.#rules = rules;
    this.#outboxes = new Map(world.cast.players.map(({ service }) => [service, new Set<string>()]));
  }

  fail(promise: string, flaw: string | undefined): void {
    if (flaw === undefined || this.violation !== undefined) return;
    this.violation = { promise, flaw, step: this.#trace.step };
    this.#trace.say(() => `${promise} BROKEN: ${flaw}`);
  }

  failWith(flaw: Flaw | undefined): void {
    if (flaw !== undefined) this.fail(...flaw);
  }

  beforeWrite(service: string, writes: readonly Write[]): ReadonlyMap<string, Item> {
    return this.#world.tableOf(service).read(writes.map(keyOf));
  }

  /** A mistake of the checker's own is a violation, too: the handler would take it for a fault of its table. */
  wrote(...write: Written): void {
    try {
      this.#judge(...write);
    } catch (error) {
      this.fail('the checker itself', error instanceof Error ? error.stack : String(error));
    }
  }

  #judge(...[service, writes, before, invocation]: Written): void {
    this.failWith(this.#rules.wrote(service, writes, before, this.#trace.step, invocation));
    this.#writers.push({ service, step: this.#trace.step, invocation });
    const { cast } = this.#world;
    const { initiator, saga } = cast;
    this.fail('audit', flawOfAudit(saga, writes, before));
    this.fail('insight', flawOfTrouble(writes));
    if (invocation?.functionName === `nudge-${initiator.service}`) this.fail('audit', flawOfNudge(writes));
    this.#intentions.wrote(writes, invocation);
    const player = cast.playerOf(service);
    for (const write of writes) {
      const old = before.get(keyOf(write));
      if (write.kind === 'put' && isForgotten(write.item) && !isForgotten(old))
        this.#forgotten(player, old, write.item, invocation);
      else if (write.kind === 'put' && write.item.record !== undefined)
        this.#recorded(player, old, write.item, invocation);
      else if (keyOf(write) === 'retention' || write.kind === 'delete' || isTrouble(keyOf(write))) continue;
      else if (player === initiator && !isBesides(keyOf(write))) this.#claimed(write, old, invocation);
    }
    for (const write of writes) {
      if (write.kind === 'put' && write.item.record !== undefined)
        this.moved(String(rowOf(write.item)?.[saga.id.name]));
    }
  }

  #forgotten(player: Player, old: Item | undefined, item: Item, invocation: Invocation | undefined): void {
    const { saga, initiator, players } = this.#world.cast;
    this.fail('privacy', flawOfForgetting(this.#world, player, old, item));
    const sagaId = String(rowOf(item)?.[saga.id.name]);
    if (player !== initiator) return;
    // The initiator is last. What others have written since it was looked at is found later.
    const whole = players.find(({ service }) => {
      const record = this.#world.recordOf(service, sagaId);
      const isLater = (this.#lastStep.get(`${service} ${sagaId}`) ?? 0) >= (invocation?.startedStep ?? 0);
      return record !== undefined && service !== player.service && !isForgotten(record) && !isLater;
    });
    this.fail('privacy', whole && `${sagaId} is forgotten, and not by ${whole.service}`);
    const outcome = statusOf(item) === 'CONFIRMED' ? saga.initiation.succeeds : saga.initiation.fails;
    if (!this.said.has(`${sagaId}:${outcome}`)) this.forgottenEarly.add(sagaId);
  }

  /** The tables were put back: what they have is what there is, whatever became of it before. */
  takesOver(): void {
    const { cast, tables, unasked, stuck } = this.#world;
    for (const [service, { items }] of tables) {
      const writes = [...items.values()].map((item) => ({ kind: 'put', item, expects: 'absent' }) as const);
      this.failWith(this.#rules.wrote(service, writes, new Map(), 0, undefined));
      for (const item of items.values()) {
        if (item.record === undefined) continue;
        const { outbox, history, state, [cast.saga.id.name]: sagaId } = rowOf(item) as Row;
        for (const body of outbox) this.#outboxes.get(service)?.add(body);
        for (const { status } of history) this.#notes(`${service} ${sagaId}`, status);
        if (!this.#world.sagas.has(cast.initiator.key(sagaId))) unasked.add(sagaId);
        if (state.impasse !== undefined) stuck.push({ service, sagaId });
      }
      for (const [sagaId] of this.#world.known(service) as readonly (readonly [string, unknown])[])
        if (!this.#world.sagas.has(cast.initiator.key(sagaId as never))) unasked.add(sagaId);
    }
  }

  #notes(saga: string, status: string): void {
    this.#had.set(saga, (this.#had.get(saga) ?? new Set()).add(status));
  }

  /** The due time moves while a saga waits, or has to be told of; nothing else of a record changes without a step. */
  #claimed(write: Write, old: Item | undefined, invocation: Invocation | undefined): void {
    invocation?.claimed.add(keyOf(write));
    const isOpen = ['PENDING', 'CANCELLING'].includes(statusOf(old)) || rowOf(old)?.state.isUntold === true;
    if (write.kind !== 'add' || Object.keys(write.deltas).join() !== 'dueEpochSeconds' || !isOpen) {
      this.fail('P8', `${keyOf(write)} was changed while ${statusOf(old)}`);
    }
  }

  #recorded(player: Player, old: Item | undefined, item: Item, invocation: Invocation | undefined): void {
    const { service } = player;
    const { saga } = this.#world.cast;
    // Answers to what nobody has said may come to an initiator in any state.
    const isMisled = this.#world.takenOver !== undefined && player === this.#world.cast.initiator;
    const flaw = isMisled ? undefined : flawOfStep(player, saga, old, item);
    this.fail('transitions', flaw && `${service} ${item.pk}: ${flaw}`);
    for (const body of rowOf(item)?.outbox ?? []) this.#outboxes.get(service)?.add(body);
    if (invocation !== undefined) {
      this.fail('transitions', flawOfBatchOrder(player, saga.id.name, old, item, invocation));
      this.#timed(item, invocation);
    }
    const sagaId = String(rowOf(item)?.[saga.id.name]);
    this.#lastStep.set(`${service} ${sagaId}`, this.#trace.step);
    this.#remember(player, sagaId, item);
    this.fail('P3', flawOfWaits(this.#world, old, item));
    if (rowOf(item)?.state.impasse !== undefined) this.#world.stuck.push({ service, sagaId });
    // What people gave back in the time that is lost does not undo the step, and a record that is older says what it said.
    const mayDiffer =
      this.#world.isRecovering &&
      (statusOf(old) === statusOf(item) || this.#world.provider.isGivenBackByPeople(sagaId));
    if (!mayDiffer) this.fail('P2', flawOfAnswer(this.#world, player, sagaId, item));
    this.failWith(this.#rules.recorded(service, item, invocation));
  }

  #remember(player: Player, sagaId: string, item: Item): void {
    const { service, step, part } = player;
    if ('begins' in part) return;
    const [saga, status] = [`${service} ${sagaId}`, `${service} ${statusOf(item)}`];
    if (step !== undefined) {
      this.#notes(saga, statusOf(item));
      return;
    }
    const role = roleOf(player, item);
    const before = this.#roles.get(status) ?? role;
    this.#roles.set(status, role);
    if (before !== role)
      this.fail('transitions', `${status} is ${before} for one saga and ${role} for another`);
  }

  /** Time comes from outside, as an argument: what a record says of it is about what the simulated clocks said. */
  #timed(item: Item, { startedMs }: Invocation): void {
    const { state, updatedAtMs } = rowOf(item) as Row;
    const wrong = [updatedAtMs, state.createdAtMs ?? updatedAtMs].find(
      (atMs) => !(Math.abs(atMs - startedMs) < MAX_CLOCK_ERROR_MS + this.#world.clock.movedMs),
    );
    if (wrong !== undefined) this.fail('transitions', `${item.pk} is dated ${wrong}, at ${startedMs}`);
  }

  /** The outside is about to be asked: only after the intent is written, so that a crash leaves a trace of it. */
  intended(service: string, sagaId: string, call: 'ask' | 'undo'): void {
    const names = this.#world.cast.playerOf(service).step?.names;
    const had = this.#had.get(`${service} ${sagaId}`) ?? new Set();
    const intents = call === 'undo' ? [names?.undoing] : [names?.asking, names?.abandoning];
    if (!intents.some((intent) => intent !== undefined && had.has(intent)))
      this.fail('P2', `${service} asks to ${call} ${sagaId} without an intent: ${[...had].join(', ')}`);
  }

  /** One message asks for one thing once: what has been answered is written, however often the writes are in each other's way. */
  answeredOutside({ name, messages, answers }: Invocation, kind: string, sagaId: string): void {
    const what = `${kind} ${sagaId}`;
    const times = (answers.get(what) ?? 0) + 1;
    answers.set(what, times);
    const most = messages.filter(({ messageId }) => sagaIdOf(messageId) === sagaId).length;
    if (messages.length > 0 && times > most)
      this.fail(
        'P2',
        `${name} asked to ${what} ${times} times for ${most} messages, and was answered each time`,
      );
  }

  /** Something of a saga is another than before: a record, or what an outside holds. */
  moved(sagaId: string): void {
    if (this.#world.isRecovering || this.#world.takenOver !== undefined) {
      this.failWith(flawOfEffects(this.#world, sagaId));
      return;
    }
    this.failWith(flawOfHoldings(this.#world, sagaId));
    this.failWith(this.#rules.judge(sagaId));
  }

  publishing(message: OutgoingMessage, invocation: Invocation | undefined): void {
    if (invocation === undefined) return;
    const { exchange, routingKey, body, messageId, headers } = message;
    const isEvent = exchange === 'saga.events' || exchange === 'saga.failures';
    const isUnasked = this.#world.unasked.has(sagaIdOf(messageId));
    if (
      isEvent &&
      !isUnasked &&
      !this.#isSaidAgain(message, invocation) &&
      this.#outboxes.get(invocation.service)?.has(String(body)) !== true
    ) {
      this.fail('P6', `${messageId} was said before it was written`);
    }
    if (isEvent) this.fail('P7', this.#slots.flawOf(message));
    const reason = headers?.[REASON_HEADER];
    const isRetry =
      exchange.startsWith(`${invocation.service}.retry.`) || String(reason).startsWith('gave up');
    // A function that has been under way for so long is about to be killed.
    const isOutOfTime =
      headers?.[ERROR_HEADER] === undefined &&
      this.#world.clock.movedMs - invocation.movedBeforeMs >= OUT_OF_TIME_MS;
    const isCounted = headers?.[ERROR_HEADER] !== undefined;
    const faults = invocation.faults - (isCounted ? invocation.refusedForNow : 0);
    const cameTooOften = invocation.messages.some(
      (delivered) => delivered.messageId === messageId && delivered.returns >= MAX_RETURNS,
    );
    if (cameTooOften) this.cameTooOften += 1;
    if (
      isRetry &&
      !isOutOfTime &&
      !cameTooOften &&
      faults < 1 &&
      !this.#isContended(invocation) &&
      !this.#isUndecided(messageId, invocation) &&
      !this.#rules.mayBeUnwritable(sagaIdOf(messageId))
    ) {
      this.fail('P7', `${messageId} was put off although nothing went wrong`);
    }
    if (!isEvent && invocation.messages.length > 0) {
      this.fail('P7', flawOfDeadLettering(message, invocation.service, invocation.messages));
    }
    if (routingKey !== deadQueueOf(invocation.service) || reason === undefined) return;
    const kind = String(reason).replace(/after \d+ attempts/, 'after all attempts');
    this.deadLetterReasons.set(kind, (this.deadLetterReasons.get(kind) ?? 0) + 1);
    if (this.#world.isRecovering && this.#isForAPerson(messageId, reason))
      this.poison.add(`${invocation.service} ${messageId}`);
    // Somebody has said what is not true.
    if (this.#world.takenOver !== undefined) this.poison.add(`${invocation.service} ${messageId}`);
    if (!isRetry && !isUnasked && !this.poison.has(`${invocation.service} ${messageId}`)) {
      this.fail('P7', `${messageId} was dead-lettered without a fault that explains it: ${reason}`);
    }
  }

  /** After a restore: stock was given to others in the time that is lost, or has another price. A person is told so. */
  #isForAPerson(messageId: string, reason: unknown): boolean {
    const isOfOthers = reason === `${typeOf(messageId)} for a confirmed saga`;
    return isOfOthers || this.#rules.isOfOtherTerms?.(sagaIdOf(messageId)) === true;
  }

  /** After a restore: what leads to where an ended saga is, and nothing else. */
  #isSaidAgain({ messageId, type }: OutgoingMessage, { service }: Invocation): boolean {
    const { initiator, saga } = this.#world.cast;
    if (!this.#world.isRecovering || service !== initiator.service) return false;
    const due = { CONFIRMED: saga.initiation.begins, CANCELLED: saga.initiation.cancels };
    const status = statusOf(this.#world.sagas.get(sagaIdOf(messageId)));
    return (status === 'CONFIRMED' || status === 'CANCELLED') && due[status] === type;
  }

  published(
    { exchange, body, messageId, type, mandatory }: OutgoingMessage,
    invocation: Invocation | undefined,
  ): void {
    if (invocation === undefined) return;
    if (exchange === 'saga.events' || exchange === 'saga.failures') {
      invocation.saidOf.add(sagaIdOf(messageId));
      this.said.add(messageId);
      if (!mandatory && this.#world.cast.saga.isHeard(type))
        this.fail('P7', `${messageId} may get lost: it is not mandatory`);
    } else invocation.settledElsewhere.set(messageId, body);
  }

  /** P7: what is taken out of the dead-letter queue has been published again before, or was to be discarded. */
  letGo({ messageId, body }: Message, invocation: Invocation | undefined): void {
    this.fail('audit', this.#intentions.flawOf(messageId, invocation));
    const published = invocation?.settledElsewhere.get(messageId);
    const name = `${invocation?.service} ${messageId}`;
    if (this.mayDiscard && this.poison.has(name) && String(body) === NO_JSON) this.discarded.add(name);
    else if (published === undefined)
      this.fail('P7', `${messageId} was taken out of the dead-letter queue and went nowhere`);
    else if (!isSame(published, body)) this.fail('P7', `${messageId} was changed by a redrive`);
  }

  began({ service, messages, heldBefore }: Invocation): void {
    const { step } = this.#world.cast.playerOf(service);
    if (step === undefined) return;
    for (const sagaId of new Set(messages.map(({ messageId }) => sagaIdOf(messageId))))
      if (this.#world.holdingOf(service, sagaId).isHeld === true) heldBefore.add(sagaId);
  }

  scheduleBegan(invocation: Invocation): void {
    invocation.due = dueAt(this.#world, invocation.startedMs + invocation.skewMs);
  }

  invocationEnded(invocation: Invocation, end: End): void {
    this.answered(invocation, end);
    if (end.kind === 'threw' && invocation.messages.length > 0 && !invocation.failed.has('publish'))
      this.fail('P7', `${invocation.name} gave its whole batch back: ${String(end.error)}`);
    if (end.kind !== 'returned') return;
    if (invocation.pending > 0)
      this.fail('P7', `${invocation.name} returned with ${invocation.pending} calls under way`);
    for (const sagaId of invocation.claimed)
      if (invocation.faults === 0 && !invocation.unwritten.has(sagaId)) this.#overdue(sagaId, invocation);
    if (invocation.faults === invocation.faultsOfOne && !this.#isLate(invocation))
      this.fail('P3', flawOfSchedule(this.#world, invocation));
    for (const message of invocation.messages) {
      this.fail('P7', flawOfAcknowledgement(this.#world, invocation, message));
    }
  }

  /** What was begun before a restore, and nobody remembers, cannot be undone before it is decided. */
  #isUndecided(messageId: string, { service }: Invocation): boolean {
    return (
      this.#world.isRecovering && this.#world.holdingOf(service, sagaIdOf(messageId)).wasUndecided === true
    );
  }

  /** It has tried several times, and somebody else has written to its table meanwhile. */
  #isContended(invocation: Invocation): boolean {
    if (invocation.calls < CONTENTION * 2) return false;
    const others = this.#writers.findLast(
      (writer) => writer.service === invocation.service && writer.invocation !== invocation,
    );
    return others !== undefined && others.step >= invocation.startedStep;
  }

  /** Nothing fails for no reason: one bad message or request is no outage. */
  answered(invocation: Invocation, end: End): void {
    const { name, faults, calls, unwritten } = invocation;
    if (faults > 0 || unwritten.size > 0 || this.#isLate(invocation) || calls >= CONTENTION * 2) return;
    if (end.kind === 'threw') this.fail('P7', `${name} met with no fault and threw ${String(end.error)}`);
    const { statusCode = 0, body } = ((end.kind === 'returned' && end.value) || {}) as Partial<HttpReply>;
    if (statusCode >= 500) this.fail('P7', `${name} met with no fault and answered ${statusCode} ${body}`);
  }

  #isLate({ movedBeforeMs }: Invocation): boolean {
    return this.#world.clock.movedMs - movedBeforeMs >= LATE_MS;
  }

  /** A nudge that met with no fault leaves no saga waiting past its deadline. */
  #overdue(sagaId: string, { earliestMs, skewMs }: Invocation): void {
    const item = this.#world.recordOf(this.#world.cast.initiator.service, sagaId);
    // Clocks may go back meanwhile, and forth again before what was decided then is written.
    const ageMs = earliestMs + skewMs - Number(rowOf(item)?.state.createdAtMs);
    if (statusOf(item) === 'PENDING' && ageMs >= DEADLINE_MS) {
      this.fail(
        'P3',
        `${sagaId} was nudged ${Math.round(ageMs / 1000)} s after it was placed and still waits`,
      );
    }
  }

  callAfterEnd(about: string): void {
    this.fail('P7', `a call after its invocation had ended: ${about}`);
  }

  bound(invocation: Invocation): void {
    if (invocation.calls > MAX_CALLS)
      this.fail('P3', `${invocation.name} makes more than ${MAX_CALLS} calls`);
  }
}
