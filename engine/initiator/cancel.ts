import type { Edges } from '../batch/edges.ts';
import { run } from '../batch/run.ts';
import { endpoint } from '../http/endpoint.ts';
import { type HttpFunction, traceparentOf } from '../http/http.ts';
import { caller } from '../http/identity.ts';
import { pathParameter } from '../http/path-parameter.ts';
import { Problem } from '../http/problem.ts';
import type { Begun } from '../saga/initiator.ts';
import { constantCase } from '../saga/names.ts';
import { accepted, type Initiating, type InitiatorStatus, recordOf } from './initiating.ts';

/** POST …/cancel: the cancellation is durable when this answers; the compensations follow. */
export function cancelling<State extends InitiatorStatus, Placed extends Begun>(
  participant: Initiating<State, Placed>,
  edges: Edges,
): HttpFunction {
  const { saga } = participant;
  const checks = [caller(saga), pathParameter(saga.id.name, saga.id.schema)] as const;
  return endpoint(saga, checks, async ({ caller, parameter }, event) => {
    const { sagaId } = await recordOf(participant, edges, parameter, caller);
    const input = { type: 'cancel', by: constantCase(caller.role) } as const;
    const [outcome] = await run(participant, [{ sagaId, input, traceparent: traceparentOf(event) }], edges);
    if (outcome?.kind === 'refused')
      throw new Problem('conflict', `This ${saga.initiator} cannot be cancelled: ${outcome.reason}.`);
    return accepted(participant, outcome, event);
  });
}
