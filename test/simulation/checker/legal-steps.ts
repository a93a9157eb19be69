import type { ExternalStep } from '../../../engine/saga/external-step.ts';
import type { Saga } from '../../../engine/saga/saga.ts';

/**
 * Every step that a participant may take: from which status, because of what, to which status. Of a decision that is
 * written by hand the statuses are not known, so that roles take their place.
 */
export function legalSteps(saga: Saga, service: string, step: ExternalStep | undefined): ReadonlySet<string> {
  if (service === saga.initiator) return new Set(initiatorSteps(saga));
  return new Set(step === undefined ? localSteps(saga, service) : externalSteps(saga, step));
}

function initiatorSteps(saga: Saga): readonly string[] {
  const { cancels, succeeds, fails } = saga.initiation;
  const failures = typesOf(saga, 'failure').filter((type) => type !== cancels);
  const isUndone = (failure: string) => saga.compensatorsOf(failure).length > 0;
  // Answers may overtake failures. If none is missing then, there is nobody left to tell of the cancellation.
  const answersThatOvertake = new Set(failures.flatMap((type) => saga.compensatorsOf(type)));
  const mayBeAnswered = saga.compensatorsOf(cancels).every((service) => answersThatOvertake.has(service));
  const cancelling = [...(isUndone(cancels) ? ['CANCELLING'] : []), ...(mayBeAnswered ? ['CANCELLED'] : [])];
  return [
    'NONE place PENDING',
    ...saga.completes.map((type) => `PENDING ${type} CONFIRMED`),
    // As long as it waits for others.
    ...(saga.completes.length > 1 ? saga.completes.map((type) => `PENDING ${type} PENDING`) : []),
    ...cancelling.flatMap((status) => ['cancel', 'nudge'].map((input) => `PENDING ${input} ${status}`)),
    'CANCELLING nudge CANCELLING',
    ...failures.flatMap((type) => [
      `PENDING ${type} CANCELLED`,
      ...(isUndone(type) ? [`PENDING ${type} CANCELLING`] : []),
      `CANCELLING ${type} CANCELLING`,
      `CANCELLING ${type} CANCELLED`,
    ]),
    // An answer may overtake the failure that it answers.
    ...typesOf(saga, 'compensation').flatMap((type) => [
      `PENDING ${type} PENDING`,
      `CANCELLING ${type} CANCELLING`,
      `CANCELLING ${type} CANCELLED`,
    ]),
    // Whom it waits for may be told before and after the failure.
    ...typesOf(saga, 'wait').map((type) => `PENDING ${type} PENDING`),
    ...typesOf(saga, 'impasse').flatMap((type) => [
      `PENDING ${type} PENDING`,
      `CANCELLING ${type} CANCELLING`,
    ]),
    ...(saga.isHeard(succeeds) ? ['CONFIRMED told CONFIRMED'] : []),
    ...(saga.isHeard(fails) ? ['CANCELLED told CANCELLED'] : []),
  ];
}

/** A step that asks the outside: `external-decision.ts` has its states. */
function externalSteps(saga: Saga, { service, names: is, isPrepared }: ExternalStep): readonly string[] {
  // The ledger that stands in for most outsides revokes nothing.
  const isRevocable = isPrepared;
  const { consumes, says } = saga.partOf(service);
  const failures = undoneBy(saga, service);
  const isRefusable = Object.values(says).includes('failure');
  const isWaiting = consumes.length > 1 && saga.takesPart(service);
  const canWait = Object.values(says).includes('wait');
  const asked = canWait ? [is.asking, is.awaiting] : [is.asking];
  const canBeStuck = Object.values(says).includes('impasse');
  // As above: nobody else acts on what the ledger holds.
  const isLookedAt = isPrepared;
  return [
    ...(isPrepared ? [is.answers.prepared] : consumes).map(
      (because) => `${isWaiting ? is.waiting : 'NONE'} ${because} ${is.asking}`,
    ),
    ...(isPrepared && isRefusable
      ? [`${isWaiting ? is.waiting : 'NONE'} ${is.answers.refused} ${is.refused}`]
      : []),
    // After a restore of its table.
    ...(isPrepared
      ? [
          ...[is.asking, is.undoing].map(
            (status) => `${isWaiting ? is.waiting : 'NONE'} ${is.answers.recalled} ${status}`,
          ),
          `${is.done} ${is.answers.recalled} ${is.undoing}`,
        ]
      : []),
    ...(isWaiting ? consumes.map((type) => `NONE ${type} ${is.waiting}`) : []),
    ...(consumes.length > 2 ? consumes.map((type) => `${is.waiting} ${type} ${is.waiting}`) : []),
    ...asked.flatMap((status) => [
      `${status} ${is.answers.done} ${is.done}`,
      ...(isRefusable ? [`${status} ${is.answers.refused} ${is.refused}`] : []),
      ...failures.map((type) => `${status} ${type} ${is.abandoning}`),
      ...(isRefusable && isRevocable ? [`${status} ${is.answers.revoked} ${is.undoing}`] : []),
    ]),
    ...(asked.length > 1 ? asked.map((status) => `${status} ${is.answers.waits} ${is.awaiting}`) : []),
    // Others may act on what is done: a step that looks at it records that.
    ...(isLookedAt ? [`${is.done} ${is.answers.observed} ${is.done}`] : []),
    ...(canBeStuck
      ? [`${is.undoing} ${is.answers.impasse} ${is.undoing}`, `${is.undoing} resolve ${is.resolved}`]
      : []),
    ...(isLookedAt
      ? [is.undone, is.refused].flatMap((status) => [
          `${status} ${is.answers.pending} ${is.undoing}`,
          `${status} ${is.answers.undone} ${status}`,
          `${status} ${is.answers.impasse} ${is.undoing}`,
        ])
      : []),
    ...failures.flatMap((type) => [
      `NONE ${type} ${is.void}`,
      ...(isWaiting ? [`${is.waiting} ${type} ${is.void}`] : []),
      `${is.done} ${type} ${is.undoing}`,
    ]),
    ...(failures.length === 0
      ? []
      : [
          `${is.abandoning} ${is.answers.done} ${is.undoing}`,
          ...(isRefusable ? [`${is.abandoning} ${is.answers.refused} ${is.void}`] : []),
          `${is.undoing} ${is.answers.undone} ${is.undone}`,
          ...(isRefusable && isRevocable
            ? [
                `${is.abandoning} ${is.answers.revoked} ${is.undoing}`,
                `${is.undoing} ${is.answers.undone} ${is.refused}`,
              ]
            : []),
        ]),
  ];
}

/** A step of the service's own: once it has heard everything, it is done or refused, and what is done may be undone. */
function localSteps(saga: Saga, service: string): readonly string[] {
  const { consumes, says } = saga.partOf(service);
  const isWaiting = consumes.length > 1 && saga.takesPart(service);
  const ends = Object.values(says).includes('failure') ? ['done', 'refused'] : ['done'];
  return [
    ...consumes.flatMap((type) => ends.map((end) => `${isWaiting ? 'waiting' : 'absent'} ${type} ${end}`)),
    ...(isWaiting ? consumes.map((type) => `absent ${type} waiting`) : []),
    ...(consumes.length > 2 ? consumes.map((type) => `waiting ${type} waiting`) : []),
    ...undoneBy(saga, service).flatMap((type) => [
      `absent ${type} undone`,
      ...(isWaiting ? [`waiting ${type} undone`] : []),
      `done ${type} undone`,
    ]),
  ];
}

const typesOf = (saga: Saga, kind: string): readonly string[] =>
  saga.eventTypes.filter((type) => saga.kindOf(type) === kind);

/** The failures that a participant undoes its step after. */
const undoneBy = (saga: Saga, service: string): readonly string[] =>
  typesOf(saga, 'failure').filter((type) => saga.compensatorsOf(type).includes(service));
