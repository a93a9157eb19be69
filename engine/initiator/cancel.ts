import type { Edges } from '../batch/edges.ts';
import { run } from '../batch/run.ts';
import { callerOf, http, pathOf, traceparentOf } from '../http/http.ts';
import { Problem } from '../http/problem.ts';
import type { Begun } from '../saga/initiator.ts';
import { constantCase } from '../saga/names.ts';
import { accepted, type Initiating, recordOf } from './initiating.ts';

/** POST …/cancel: the wish is durable when this answers; what was done is then undone. */
export function cancelling<State extends Begun & { readonly status: string }, Placed extends Begun>(
  participant: Initiating<State, Placed>,
  edges: Edges,
) {
  const { id, initiator } = participant.saga;
  return http(async (event) => {
    const caller = callerOf(event);
    const { sagaId } = await recordOf(participant, edges, pathOf(event, id.name, id.schema), caller);
    const input = { type: 'cancel', by: constantCase(caller.role) } as const;
    const [outcome] = await run(participant, [{ sagaId, input, traceparent: traceparentOf(event) }], edges);
    if (outcome?.kind === 'refused')
      throw new Problem('conflict', `This ${initiator} cannot be cancelled: ${outcome.reason}.`);
    return accepted(participant, outcome);
  });
}
