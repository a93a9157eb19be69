import type * as z from 'zod';
import type { Edges } from '../batch/edges.ts';
import { together } from '../batch/together.ts';
import { endpoint } from '../http/endpoint.ts';
import { type HttpFunction, traceparentOf } from '../http/http.ts';
import { fingerprintOf, idempotencyKey, sagaIdFor } from '../http/idempotency-key.ts';
import { role } from '../http/identity.ts';
import { jsonBody } from '../http/json-body.ts';
import { Problem } from '../http/problem.ts';
import type { Begun } from '../saga/initiator.ts';
import type { Admission } from './admission.ts';
import { accepted, type Initiating, type InitiatorStatus } from './initiating.ts';

/** The members that the caller sends; the engine adds the rest. */
type Wanted<Placed extends Begun, Owner extends string> = Omit<Placed, keyof Begun | Owner>;

const everybody: Admission = () => {};

/** POST: answers 202 as soon as the saga is durable; the saga then runs by itself. */
export function placing<State extends InitiatorStatus, Placed extends Begun, Owner extends string>(
  participant: Initiating<State, Placed, Owner>,
  edges: Edges,
  schema: z.ZodType<Wanted<Placed, Owner>>,
  admit: Admission = everybody,
): HttpFunction {
  const { saga } = participant;
  const run = together(participant, edges);
  const checks = [role(saga, saga.ownerRole), idempotencyKey(), jsonBody(schema)] as const;
  return endpoint(saga, checks, async ({ caller: { id: owner }, idempotencyKey: key, body, sent }, event) => {
    admit();
    const placed: object = {
      ...body,
      [saga.owner]: owner,
      fingerprint: fingerprintOf(sent),
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
    return accepted(participant, outcome, event);
  });
}
