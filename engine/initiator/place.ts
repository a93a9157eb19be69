import type * as z from 'zod';
import type { Edges } from '../batch/edges.ts';
import { Memory } from '../batch/memory.ts';
import { together } from '../batch/together.ts';
import { logAlsoAbout } from '../environment/log.ts';
import type { Check } from '../http/check.ts';
import { endpoint } from '../http/endpoint.ts';
import { type HttpFunction, traceparentOf } from '../http/http.ts';
import { fingerprintOf, idempotencyKey, sagaIdFor } from '../http/idempotency-key.ts';
import { role } from '../http/identity.ts';
import { jsonBody } from '../http/json-body.ts';
import { Problem } from '../http/problem.ts';
import type { Begun } from '../saga/initiator.ts';
import type { Saga } from '../saga/saga.ts';
import { PAUSED, TOO_MANY_OPEN } from '../saga/tally.ts';
import { type Admission, everybody } from './admission.ts';
import { accepted, type Initiating, type InitiatorStatus } from './initiating.ts';
import type { LimitsOf } from './limits.ts';

/** The members that the caller sends; the engine adds the rest. */
type Wanted<Placed extends Begun, Owner extends string> = Omit<Placed, keyof Begun | Owner>;

/** POST: answers 202 as soon as the saga is durable; the saga then runs by itself. */
export function placing<State extends InitiatorStatus, Placed extends Begun, Owner extends string>(
  participant: Initiating<State, Placed, Owner>,
  edges: Edges,
  schema: z.ZodType<Wanted<Placed, Owner>>,
  admission: Admission = everybody,
  limitsOf: LimitsOf = () => undefined,
): HttpFunction {
  const { saga } = participant;
  const run = together(participant, edges, new Memory());
  const admitted: Check = { before: () => admission.admit(), tells: { problems: ['busy'] } };
  // Whoever is not let in costs next to nothing: nothing of the request was read, and nothing is written.
  const checks = [admitted, role(saga, saga.ownerRole), idempotencyKey(), jsonBody(schema)] as const;
  return endpoint(saga, checks, async ({ caller, idempotencyKey: key, body, sent }, event) => {
    const { id: owner } = caller;
    const createdAtMs = edges.now();
    const placed: object = {
      ...body,
      [saga.owner]: owner,
      fingerprint: fingerprintOf(sent),
      createdAtMs,
    };
    const sagaId = sagaIdFor(saga, owner, key);
    logAlsoAbout({ [saga.id.name]: sagaId });
    const outcome = await run({
      sagaId,
      input: { type: 'place', placed: placed as Placed, limits: limitsOf(caller.class) },
      traceparent: traceparentOf(event),
    });
    if (outcome.kind === 'refused') {
      throw new Problem('idempotency-key-reused', `Send a new Idempotency-Key for a new ${saga.initiator}.`);
    }
    if (outcome.kind === 'deferred') throw notYet(saga, outcome);
    const reply = accepted(participant, outcome, event);
    // Not of one that was placed before: it may have ended long ago.
    if (outcome.record?.state.createdAtMs === createdAtMs) admission.began(sagaId);
    return reply;
  });
}

/** A decision, and no fault: the owner has to let some of its sagas end, or to wait after failures. */
function notYet(
  { initiator }: Saga,
  { reason, afterMs }: { readonly reason?: string; readonly afterMs: number },
): Problem {
  const seconds = Math.ceil(afterMs / 1_000);
  const [type, why] =
    reason === PAUSED
      ? ([PAUSED, `The last ${initiator}s failed`] as const)
      : ([TOO_MANY_OPEN, `Too many of your ${initiator}s have not ended yet`] as const);
  return new Problem(type, `${why}. Send this one again, unchanged, in ${seconds} s.`, [], seconds);
}
