import * as z from 'zod';
import { stepEntry } from '../audit/step-entry.ts';
import type { Edges } from '../batch/edges.ts';
import type { ExternalParticipant } from '../batch/outside.ts';
import { run } from '../batch/run.ts';
import { actorOf } from './actor.ts';
import { endpoint, showing } from './endpoint.ts';
import { FreeText } from './free-text.ts';
import { type HttpFunction, json, traceparentOf } from './http.ts';
import { role } from './identity.ts';
import { jsonBody } from './json-body.ts';
import { pathParameter } from './path-parameter.ts';
import { Problem } from './problem.ts';
import { shown } from './record-reader.ts';
import { SETTLEMENTS } from './role.ts';

const Settled = z.strictObject({ reason: FreeText, proof: FreeText });

/**
 * POST …/{id}/{record}/resolve `{reason, proof}`: a person has settled by hand what the outside refuses to undo, and says
 * how. Answers 200 with the record, 409 if nothing waits for a person.
 */
export function resolving(
  participant: Pick<ExternalParticipant, 'saga' | 'service' | 'table' | 'decide'>,
  edges: Edges,
): HttpFunction {
  const { saga, service } = participant;
  const { id } = saga;
  const checks = [role(saga, SETTLEMENTS), pathParameter(id.name, id.schema), jsonBody(Settled)] as const;
  const answering = endpoint(saga, checks, async ({ caller, parameter: sagaId, body }, event) => {
    const input = { type: 'resolve', resolution: { by: caller.id, ...body } } as const;
    const besides = stepEntry(actorOf(caller, event), 'resolve', sagaId, body.reason);
    const askedIn = traceparentOf(event);
    const [outcome] = await run(participant, [{ sagaId, input, askedIn, besides }], edges);
    if (outcome?.kind === 'failed') throw outcome.error;
    if (outcome?.record === undefined || outcome.kind === 'deferred')
      throw new Problem('not-found', `${service} has not heard of this ${saga.initiator}.`);
    if (outcome.kind !== 'done')
      throw new Problem(
        'conflict',
        `The ${service} of this ${saga.initiator} is not stuck: ${outcome.reason}.`,
      );
    return json(200, shown(saga, outcome.record, caller));
  });
  return showing(participant.table, answering);
}
