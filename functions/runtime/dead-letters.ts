import * as z from 'zod';
import { open } from '../saga/envelope.ts';
import type { Fact } from '../saga/events.ts';
import type { Edges } from './edges.ts';
import type { Participant } from './engine.ts';
import { bodyOf, http, json, requireOperator } from './http.ts';
import { limitOf } from './paging.ts';
import type { Parked, Parking } from './parking.ts';
import { prospectOf, redrive } from './redrive.ts';

const MAX_MESSAGES = 100;
/** Enough of a body to recognise it by. */
const MAX_BODY_SHOWN = 4_096;

const RedriveRequest = z.strictObject({ dryRun: z.boolean().default(false) });

/**
 * GET /dead-letters/{service} shows what is parked and why; POST …/redrive moves back what can succeed now,
 * or with `dryRun` only says what each message would do.
 */
export const deadLetters = <
  State extends { readonly status: string },
  Input extends { readonly type: string },
  E,
>(
  participant: Participant<State, Input | Fact, E>,
  edges: Edges,
  parking: () => Parking,
) =>
  http(async (event) => {
    requireOperator(event);
    const { service } = participant;
    if (event.httpMethod === 'GET') {
      const items = await parking().visit(service, limitOf(event), (parked) =>
        Promise.resolve(parked.map(present)),
      );
      return json(200, { items });
    }
    const { dryRun } = bodyOf(event, RedriveRequest);
    const items = await parking().visit(service, MAX_MESSAGES, (parked) =>
      Promise.all(
        parked.map(async (each) => {
          const prospect = await prospectOf(participant, each, edges);
          const moved = !dryRun && prospect.would !== 'stay';
          if (moved) await redrive(service, each, edges);
          return { messageId: each.delivery.messageId, orderId: orderIdOf(each), ...prospect, moved };
        }),
      ),
    );
    return json(200, { dryRun, redriven: items.filter(({ moved }) => moved).length, items });
  });

function present(parked: Parked) {
  const { delivery, reason, lastError } = parked;
  return {
    messageId: delivery.messageId,
    type: delivery.type,
    orderId: orderIdOf(parked),
    reason,
    lastError,
    attempts: delivery.attempts,
    body: delivery.body.toString('utf8').slice(0, MAX_BODY_SHOWN),
  };
}

function orderIdOf({ delivery }: Parked): string | undefined {
  const opened = open(delivery.body);
  return opened.ok ? opened.event.subject : undefined;
}
