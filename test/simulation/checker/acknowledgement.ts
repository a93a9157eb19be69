import type { Item } from '../../../engine/batch/store.ts';
import { MAX_RETURNS } from '../../../engine/consumer/settle.ts';
import { waitingKinds } from '../../../engine/saga/kinds.ts';
import type { Player } from '../cast.ts';
import type { Invocation } from '../invocation.ts';
import type { Message } from '../world/broker.ts';
import type { World } from '../world/world.ts';
import { isForgotten } from './forgotten.ts';
import { sagaIdOf, typeOf } from './message-id.ts';
import { roleOf } from './roles.ts';
import { type Row, rowOf, statusOf } from './row.ts';

/**
 * A message may be acknowledged when it is done and what it caused is said, or when it is dead-lettered. What is
 * wrong with this one's; undefined if nothing is.
 */
export function flawOfAcknowledgement(
  world: World,
  invocation: Invocation,
  message: Message,
): string | undefined {
  const { service, saidOf, settledElsewhere } = invocation;
  if (settledElsewhere.has(message.messageId)) return undefined;
  if (message.returns >= MAX_RETURNS)
    return `${message.messageId} had come ${message.returns} times and was tried again`;
  const { saga, initiator } = world.cast;
  const [sagaId, type] = [sagaIdOf(message.messageId), typeOf(message.messageId)];
  if (!saga.eventTypes.includes(type))
    return `${message.messageId || 'an unreadable message'} was neither handled nor dead-lettered`;
  // Nothing is left to say of it.
  if (isForgotten(world.recordOf(service, sagaId))) return undefined;
  const flaw =
    service === initiator.service
      ? flawAtInitiator(world, sagaId, type, saidOf)
      : flawAtParticipant(world, world.cast.playerOf(service), sagaId, type, invocation);
  return flaw === undefined ? undefined : `${message.messageId} was acknowledged, but ${flaw}`;
}

function flawAtParticipant(
  world: World,
  player: Player,
  sagaId: string,
  type: string,
  { saidOf, heldBefore }: Invocation,
): string | undefined {
  const { saga } = world.cast;
  const { service } = player;
  const isFailure = saga.kindOf(type) === 'failure';
  if (isFailure && !saga.compensatorsOf(type).includes(service)) return undefined;
  const item = world.recordOf(service, sagaId);
  if (!isFailure && heldBefore.has(sagaId) && statusOf(item) === player.step?.names.awaiting)
    return `${service} is ${statusOf(item)}, and whom it asked had done it before`;
  if (saidOf.has(sagaId)) return undefined;
  const role = roleOf(player, item);
  // Whoever hears of an outcome says nothing of it.
  if (!saga.takesPart(service) && role === 'done') return undefined;
  // It is in the record since it came first; what completes it may have come meanwhile.
  if (isRememberedBy(player, rowOf(item), type)) return undefined;
  // Its own failure is said already, and answers another's too.
  if (isFailure && role === 'refused' && saga.publisherOf(type) !== saga.initiator) return undefined;
  // The schedule asks again when the outside has decided.
  if (world.holdingOf(service, sagaId).wasUndecided === true && isUnderWay(player, statusOf(item)))
    return undefined;
  // What is being undone is answered by the failure that undoes it.
  if (!isFailure && isBeingUndone(player, statusOf(item))) return undefined;
  return `${service} has not answered it`;
}

const isUnderWay = ({ step }: Player, status: string): boolean =>
  [step?.names.asking, step?.names.abandoning, step?.names.undoing].includes(status);

const isRememberedBy = ({ step }: Player, row: Row | undefined, type: string): boolean =>
  row?.history.some(({ status, because }: Row) => status === step?.names.waiting && because === type) ??
  false;

const isBeingUndone = ({ step }: Player, status: string): boolean =>
  step !== undefined &&
  [
    step.names.abandoning,
    step.names.undoing,
    step.names.void,
    step.names.undone,
    step.names.resolved,
  ].includes(status);

function flawAtInitiator(
  world: World,
  sagaId: string,
  type: string,
  saidOf: ReadonlySet<string>,
): string | undefined {
  const { saga, initiator } = world.cast;
  const row = rowOf(world.recordOf(initiator.service, sagaId));
  // What is said of a saga that nobody has placed is a dead letter, or answers what its initiator said because of that.
  if (row === undefined && world.unasked.has(sagaId)) return undefined;
  const status = row?.state.status;
  if (saga.completes.includes(type)) {
    if (isRemembered(row, type)) return undefined;
    if (status === 'PENDING') return `the ${initiator.service} is still PENDING`;
    return status === 'CONFIRMED' && !saidOf.has(sagaId) ? 'the outcome was not said' : undefined;
  }
  const publisher = saga.publisherOf(type);
  if (publisher === initiator.service) return undefined;
  if (status === 'CANCELLED' || row?.state.answered?.includes(publisher)) return undefined;
  // Whom a participant waits for is shown as long as the saga waits for that participant.
  const { waits, impasses } = row?.state ?? {};
  const kind = saga.kindOf(type);
  const isShown = (status === 'PENDING' && kind === 'impasse' ? impasses : waits)?.[publisher] !== undefined;
  if (waitingKinds.has(kind) && isShown) return undefined;
  // Whoever speaks for a service may say that it waits, and that it has succeeded.
  if (waitingKinds.has(kind) && status === 'CONFIRMED' && world.takenOver === publisher) return undefined;
  // What it did may overtake a wait, while the saga waits for others still.
  if (
    kind === 'wait' &&
    (status !== 'PENDING' || isRemembered(row, type) || hasHeardOf(world, row, publisher))
  )
    return undefined;
  return `the ${initiator.service} does not know it and is ${status}`;
}

/** One of several successes that are waited for, or one that came too late: others are undoing theirs already. */
const isRemembered = (row: Row | undefined, type: string): boolean =>
  row?.history.some(({ status, because }: Row) => status === 'PENDING' && because === type) ||
  (row?.state.status === 'PENDING' && (row.state.answered.length > 0 || row.state.impasses !== undefined));

const hasHeardOf = ({ cast: { saga } }: World, row: Row | undefined, participant: string): boolean =>
  Object.keys(row?.state.heard ?? {}).some((step) => saga.publisherOf(step) === participant);

/** Whoever has answered waits for nobody any more. What nobody can undo is shown until it is settled. */
export function flawOfWaits(world: World, before: Item | undefined, item: Item): string | undefined {
  const row = rowOf(item);
  const { status, waits, impasses, answered = [] } = row?.state ?? {};
  const isOpen = status === 'PENDING' || status === 'CANCELLING';
  const gone =
    Object.keys({ ...waits, ...impasses }).find((service) => answered.includes(service)) ??
    Object.keys((status === 'PENDING' && waits) || {}).find((service) => hasHeardOf(world, row, service));
  if (gone !== undefined) return `${item.pk} shows that ${gone} waits, which has answered`;
  const lost = Object.keys(stuckIn(rowOf(before))).find(
    (service) => isOpen && !(service in stuckIn(row)) && !answered.includes(service),
  );
  return lost && `${item.pk} shows no more that ${lost} needs a person, and is ${status}`;
}

const stuckIn = (row: Row | undefined): object =>
  (row?.state.status === 'CANCELLING' ? row.state.waits : row?.state.impasses) ?? {};
