import type * as z from 'zod';
import type { Edges } from '../batch/edges.ts';
import { together } from '../batch/together.ts';
import { bodyOf, http, requireRole, traceparentOf } from '../http/http.ts';
import { fingerprintOf, idempotencyKeyOf, sagaIdFor } from '../http/idempotency-key.ts';
import { Problem } from '../http/problem.ts';
import type { Begun } from '../saga/initiator.ts';
import { accepted, type Initiating } from './initiating.ts';

/** POST: accepted as soon as it is durable; the saga goes on by itself. The body is what it is begun with. */
export function placing<State extends Begun & { readonly status: string }, Placed extends Begun>(
  participant: Initiating<State, Placed>,
  edges: Edges,
  body: z.ZodType<Partial<Placed>>,
) {
  const { saga } = participant;
  const run = together(participant, edges);
  return http(async (event) => {
    const { id: owner } = requireRole(event, saga.ownerRole);
    const key = idempotencyKeyOf(event);
    const wanted = bodyOf(event, body);
    const placed: object = {
      ...wanted,
      [saga.owner]: owner,
      fingerprint: fingerprintOf(wanted),
      createdAtMs: edges.now(),
    };
    const outcome = await run({
      sagaId: sagaIdFor(saga, owner, key),
      input: { type: 'place', placed: placed as Placed },
      traceparent: traceparentOf(event),
    });
    if (outcome.kind === 'refused') {
      throw new Problem('idempotency-key-reused', `Send a new Idempotency-Key for a new ${saga.initiator}.`);
    }
    return accepted(participant, outcome);
  });
}
