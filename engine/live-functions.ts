import type { Participant } from './batch/participant.ts';
import { consume } from './consumer/consume.ts';
import { countDeadLetters } from './dead-letters/count-dead-letters.ts';
import { deadLetters } from './dead-letters/dead-letters.ts';
import { auditReader } from './http/audit-reader.ts';
import { recordReader } from './http/record-reader.ts';
import { cancelling } from './initiator/cancel.ts';
import type { Initiating, InitiatorStatus } from './initiator/initiating.ts';
import { limitsSetting } from './initiator/limits.ts';
import { liveDeadline, nudge } from './initiator/nudge.ts';
import { nudging } from './initiator/nudge-now.ts';
import { placing } from './initiator/place.ts';
import { listing, reading } from './initiator/read.ts';
import { orSayAgain, sayingAgain } from './initiator/say-again.ts';
import { liveBacklog, liveDeadLetterCount, liveDeadLetterQueues, liveEdges, retryDelays } from './live.ts';
import { liveAdmission } from './live-admission.ts';
import { liveReader, liveTable } from './live-table.ts';
import { liveWait } from './live-wait.ts';
import { HASTY } from './rabbitmq/publisher.ts';
import type { Begun } from './saga/initiator.ts';

/**
 * The functions of a participant that is a single file. Their bundles hold what all of them need; the shop has a file
 * for each function, so its bundles are smaller.
 */
export function liveFunctions<
  State extends { readonly status: string },
  Input extends { readonly type: string },
  Effect,
>(participant: Participant<State, Input, Effect>) {
  return {
    participate: consume(participant, liveEdges(participant), retryDelays()),
    deadLetters: deadLetters(participant, liveEdges(participant, HASTY), () =>
      liveDeadLetterQueues(participant, HASTY),
    ),
    countDeadLetters: countDeadLetters(participant.service, liveDeadLetterCount(participant, HASTY)),
    getRecord: recordReader(participant, liveTable(participant)),
    getAudit: auditReader(participant, liveTable(participant)),
  };
}

/** What the initiator has besides. `wanted`: what a saga is begun with. */
export function liveInitiator<State extends InitiatorStatus, Placed extends Begun, Owner extends string>(
  participant: Initiating<State, Placed, Owner>,
  wanted: Parameters<typeof placing<State, Placed, Owner>>[2],
) {
  const edges = liveEdges(participant, HASTY);
  const table = liveTable(participant);
  const backlog = () => liveBacklog(participant, HASTY)();
  return {
    place: placing(participant, edges, wanted, liveAdmission(participant), limitsSetting),
    get: reading(participant, table, liveWait(participant)),
    list: listing(participant, table),
    cancel: cancelling(participant, edges),
    nudgeNow: nudging(participant, edges, liveDeadline()),
    nudge: orSayAgain(
      nudge(participant, edges, liveDeadline(), backlog),
      sayingAgain(participant, edges, backlog, liveReader(participant.service)),
    ),
  };
}
