import { pseudonymOf } from '../audit/pseudonym.ts';
import { stepEntry } from '../audit/step-entry.ts';
import type { Edges } from '../batch/edges.ts';
import { run } from '../batch/run.ts';
import { actorOf } from '../http/actor.ts';
import { endpoint } from '../http/endpoint.ts';
import { type HttpFunction, traceparentOf } from '../http/http.ts';
import { role } from '../http/identity.ts';
import { pathParameter } from '../http/path-parameter.ts';
import { Problem } from '../http/problem.ts';
import { reasonOfStaff } from '../http/reason.ts';
import { OPERATOR, SUPPORT } from '../http/role.ts';
import type { Begun } from '../saga/initiator.ts';
import { constantCase } from '../saga/names.ts';
import { accepted, type Initiating, type InitiatorStatus, recordOf } from './initiating.ts';

/** POST …/cancel, with `{reason}` by staff: the cancellation is durable when this answers; the compensations follow. */
export function cancelling<State extends InitiatorStatus, Placed extends Begun>(
  participant: Initiating<State, Placed>,
  edges: Edges,
): HttpFunction {
  const { saga } = participant;
  const { id, ownerRole } = saga;
  const checks = [
    role(saga, ownerRole, SUPPORT),
    pathParameter(id.name, id.schema),
    reasonOfStaff(saga),
  ] as const;
  return endpoint(saga, checks, async ({ caller, parameter, reason }, event) => {
    const { sagaId, state } = await recordOf(participant, edges, parameter, caller);
    const isOwner = caller.role === ownerRole;
    const input = { type: 'cancel', by: constantCase(isOwner ? ownerRole : OPERATOR) } as const;
    // What cannot be cancelled any more never can again. Whoever changes nothing leaves no trace.
    const isOpen = participant.decide(state, input, () => undefined, edges.now()).kind === 'accept';
    const by = isOwner && isOpen ? await pseudonymOf(edges.store, caller.id) : caller.id;
    const besides = isOpen ? stepEntry(actorOf(caller, event, by), 'cancel', sagaId, reason) : undefined;
    const askedIn = traceparentOf(event);
    const [outcome] = await run(participant, [{ sagaId, input, askedIn, besides }], edges);
    if (outcome?.kind === 'refused')
      throw new Problem('conflict', `This ${saga.initiator} cannot be cancelled: ${outcome.reason}.`);
    return accepted(participant, outcome, event);
  });
}
