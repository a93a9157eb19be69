import { type Admission, allOf } from './initiator/admission.ts';
import type { Initiating, InitiatorStatus } from './initiator/initiating.ts';
import { waitLimit, whileWaitIsShort } from './initiator/wait-limit.ts';
import { waitingLimit, whileFewWait } from './initiator/waiting-limit.ts';
import { liveBacklog } from './live.ts';
import { liveTable } from './live-table.ts';
import { HASTY } from './rabbitmq/publisher.ts';
import type { Begun } from './saga/initiator.ts';

/** Who lets new sagas in, as the settings say. Its connection is that of the function that places them. */
export function liveAdmission<State extends InitiatorStatus, Placed extends Begun>(
  participant: Initiating<State, Placed>,
): Admission {
  const table = liveTable(participant);
  const { saga, service } = participant;
  return allOf(
    whileFewWait(
      () => liveBacklog(participant, HASTY)(),
      table.now,
      () => waitingLimit(saga),
      service,
    ),
    whileWaitIsShort(participant, table, () => waitLimit()),
  );
}
