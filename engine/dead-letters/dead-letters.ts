import * as z from 'zod';
import type { Edges } from '../batch/edges.ts';
import type { Participant } from '../batch/participant.ts';
import { endpoint } from '../http/endpoint.ts';
import { type HttpFunction, json } from '../http/http.ts';
import { role } from '../http/identity.ts';
import { jsonBody } from '../http/json-body.ts';
import { limit } from '../http/paging.ts';
import { OPERATOR } from '../http/role.ts';
import { open } from '../saga/envelope.ts';
import type { Saga } from '../saga/saga.ts';
import type { DeadLetter, DeadLetterQueues } from './dead-letter-queues.ts';
import { prospectOf, redrive } from './redrive.ts';

/**
 * How many messages one call looks at. Large, because messages that stay must not hide the ones behind them. A call
 * holds all of them in memory, a few kilobytes each.
 */
const MAX_MESSAGES = 2_000;
/** Enough of a body to recognise the message. */
const MAX_BODY_SHOWN = 4_096;

const RedriveRequest = z.strictObject({ dryRun: z.boolean().default(false) });

/** GET /dead-letters/{service} and POST /dead-letters/{service}/redrive. */
export function deadLetters<
  State extends { readonly status: string },
  Input extends { readonly type: string },
  E,
>(
  participant: Participant<State, Input, E>,
  edges: Edges,
  deadLetterQueues: () => DeadLetterQueues,
): HttpFunction {
  const show = showing(participant, deadLetterQueues);
  const redrive = redriving(participant, edges, deadLetterQueues);
  return (event, context) => (event.httpMethod === 'GET' ? show : redrive)(event, context);
}

/** Shows dead letters and their reasons. */
function showing(
  { saga, service }: { readonly saga: Saga; readonly service: string },
  deadLetterQueues: () => DeadLetterQueues,
): HttpFunction {
  return endpoint(saga, [role(saga, OPERATOR), limit(MAX_MESSAGES)], async ({ limit }) => {
    const items = await deadLetterQueues().visit(service, limit, (deadLetters) =>
      Promise.resolve(deadLetters.map((each) => present(saga, each))),
    );
    return json(200, { items });
  });
}

/** Moves back the messages that can succeed now; with `dryRun`, only says what each would do. */
function redriving<State extends { readonly status: string }, Input extends { readonly type: string }, E>(
  participant: Participant<State, Input, E>,
  edges: Edges,
  deadLetterQueues: () => DeadLetterQueues,
): HttpFunction {
  const { saga, service } = participant;
  return endpoint(saga, [role(saga, OPERATOR), jsonBody(RedriveRequest)], async ({ body: { dryRun } }) => {
    const items = await deadLetterQueues().visit(service, MAX_MESSAGES, (deadLetters) =>
      inTurn(deadLetters, async (each) => {
        const about = { messageId: each.delivery.messageId, [saga.id.name]: sagaIdOf(saga, each) };
        try {
          const prospect = await prospectOf(participant, each, edges);
          const moved = !dryRun && prospect.would !== 'stay';
          if (moved) await redrive(participant, each, edges);
          return { ...about, ...prospect, moved };
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          return { ...about, would: 'stay', reason, moved: false };
        }
      }),
    );
    return json(200, { dryRun, redriven: items.filter(({ moved }) => moved).length, items });
  });
}

/** One after another: in order, and without a burst on the table. */
async function inTurn<In, Out>(inputs: readonly In[], work: (input: In) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = [];
  for (const input of inputs) results.push(await work(input));
  return results;
}

function present(saga: Saga, deadLetter: DeadLetter) {
  const { delivery, reason, lastError } = deadLetter;
  return {
    messageId: delivery.messageId,
    type: delivery.type,
    [saga.id.name]: sagaIdOf(saga, deadLetter),
    reason,
    lastError,
    attempts: delivery.attempts,
    body: delivery.body.toString('utf8').slice(0, MAX_BODY_SHOWN),
  };
}

function sagaIdOf(saga: Saga, { delivery }: DeadLetter): string | undefined {
  const opened = open(saga, delivery.body);
  return opened.ok ? opened.event.subject : undefined;
}
