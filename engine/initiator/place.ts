import type * as z from 'zod';
import type { Edges } from '../batch/edges.ts';
import { together } from '../batch/together.ts';
import { endpoint } from '../http/endpoint.ts';
import { type HttpFunction, type Middleware, traceparentOf } from '../http/http.ts';
import { fingerprintOf, idempotencyKey, sagaIdFor } from '../http/idempotency-key.ts';
import { role } from '../http/identity.ts';
import { jsonBody } from '../http/json-body.ts';
import { Problem } from '../http/problem.ts';
import type { Begun } from '../saga/initiator.ts';
import { type Admission, everybody } from './admission.ts';
import { accepted, type Initiating, type InitiatorStatus } from './initiating.ts';

/** The members that the caller sends; the engine adds the rest. */
type Wanted<Placed extends Begun, Owner extends string> = Omit<Placed, keyof Begun | Owner>;

/** POST: answers 202 as soon as the saga is durable; the saga then runs by itself. */
export function placing<State extends InitiatorStatus, Placed extends Begun, Owner extends string>(
  participant: Initiating<State, Placed, Owner>,
  edges: Edges,
  schema: z.ZodType<Wanted<Placed, Owner>>,
  admission: Admission = everybody,
): HttpFunction {
  const { saga } = participant;
  const run = together(participant, edges);
  const admitted: Middleware = { before: () => admission.admit() };
  // Whoever is not let in costs next to nothing: nothing of the request was read, and nothing is written.
  const checks = [admitted, role(saga, saga.ownerRole), idempotencyKey(), jsonBody(schema)] as const;
  return endpoint(saga, checks, async ({ caller: { id: owner }, idempotencyKey: key, body, sent }, event) => {
    const createdAtMs = edges.now();
    const placed: object = {
      ...body,
      [saga.owner]: owner,
      fingerprint: fingerprintOf(sent),
      createdAtMs,
    };
    const sagaId = sagaIdFor(saga, owner, key);
    const outcome = await run({
      sagaId,
      input: { type: 'place', placed: placed as Placed },
      traceparent: traceparentOf(event),
    });
    if (outcome.kind === 'refused') {
      throw new Problem('idempotency-key-reused', `Send a new Idempotency-Key for a new ${saga.initiator}.`);
    }
    const reply = accepted(participant, outcome, event);
    // Not of one that was placed before: it may have ended long ago.
    if (outcome.record?.state.createdAtMs === createdAtMs) admission.began(sagaId);
    return reply;
  });
}
