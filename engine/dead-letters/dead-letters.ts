import * as z from 'zod';
import type { Edges } from '../batch/edges.ts';
import type { Participant } from '../batch/participant.ts';
import { actorOf } from '../http/actor.ts';
import { endpoint } from '../http/endpoint.ts';
import { FreeText } from '../http/free-text.ts';
import { type HttpFunction, json } from '../http/http.ts';
import { role } from '../http/identity.ts';
import { jsonBody } from '../http/json-body.ts';
import { cursor, limit } from '../http/paging.ts';
import { DEAD_LETTERS } from '../http/role.ts';
import { Budget } from './budget.ts';
import type { DeadLetterQueues } from './dead-letter-queues.ts';
import type { DiscardedView, RedrivenView } from './dead-letter-view.ts';
import { discard } from './discard.ts';
import { intention } from './intention.ts';
import { identify, present } from './present.ts';
import { prospectOf, redrive } from './redrive.ts';
import {
  checkFound,
  DeadLetterCursor,
  isNarrow,
  MAX_MESSAGES,
  pageOf,
  rest,
  selectionMembers,
} from './selection.ts';
import { type Keyed, notedOf } from './troubles.ts';

/** What one call holds of bodies in memory, beside all that the environment needs. */
const MAX_HELD_BYTES = 48 * 1024 * 1024;
/** Each body that is discarded is logged. */
const MAX_DISCARDED_BYTES = 4 * 1024 * 1024;

const dryRun = z.boolean().default(false);
const RedriveRequest = z
  .strictObject({ dryRun, reason: FreeText.optional(), ...selectionMembers })
  .refine(({ dryRun, reason }) => dryRun || reason !== undefined, {
    path: ['reason'],
    message: 'is required, unless it is a dry run',
  });
const DiscardRequest = z
  .strictObject({ dryRun, reason: FreeText, ...selectionMembers })
  .refine(isNarrow, 'must select by messageIds, digests, type or reasonIncludes');

type Queues = () => DeadLetterQueues;

/** GET /dead-letters/{service}, POST /dead-letters/{service}/redrive and POST /dead-letters/{service}/discard. */
export function deadLetters<
  State extends { readonly status: string },
  Input extends { readonly type: string },
  E,
>(participant: Participant<State, Input, E>, edges: Edges, deadLetterQueues: Queues): HttpFunction {
  const show = showing(participant, edges, deadLetterQueues);
  const redrive = redriving(participant, edges, deadLetterQueues);
  const discard = discarding(participant, edges, deadLetterQueues);
  const at = (method: string, path: string | undefined): HttpFunction => {
    if (method === 'GET') return show;
    return path?.endsWith('/discard') ? discard : redrive;
  };
  const handler: HttpFunction = (event, context) => at(event.httpMethod, event.resource)(event, context);
  return Object.assign(handler, { at });
}

type Place = Pick<Participant<never, never, never>, 'saga' | 'service'>;

/** Shows dead letters and their reasons, a page at a time. */
function showing({ saga, service }: Place, edges: Edges, deadLetterQueues: Queues): HttpFunction {
  const checks = [role(saga, DEAD_LETTERS), limit(MAX_MESSAGES), cursor(DeadLetterCursor)] as const;
  return endpoint(saga, checks, async ({ limit, cursor }) => {
    const budget = new Budget(edges.now);
    const request = { from: cursor, limit, maxBytes: MAX_HELD_BYTES };
    return await deadLetterQueues().visit(service, request, async (page) => {
      const items = await budget.spend(page.deadLetters, (each) => present(saga, each));
      const left = items.map(() => false);
      return json(200, { items, ...rest(page, left) });
    });
  });
}

/** Moves back the messages that can succeed now; with `dryRun`, only says what each would do. */
function redriving<State extends { readonly status: string }, Input extends { readonly type: string }, E>(
  participant: Participant<State, Input, E>,
  edges: Edges,
  deadLetterQueues: Queues,
): HttpFunction {
  const { saga, service } = participant;
  const checks = [role(saga, DEAD_LETTERS), jsonBody(RedriveRequest)] as const;
  return endpoint(saga, checks, async ({ body, caller }, event) => {
    const { dryRun, reason, ...selection } = body;
    const budget = new Budget(edges.now);
    let afterwards = async (): Promise<void> => {};
    const reply = await deadLetterQueues().visit(service, pageOf(selection, MAX_HELD_BYTES), async (page) => {
      checkFound(selection, page);
      const end = dryRun ? undefined : await notedOf(participant, page.deadLetters, edges);
      const intend = intention('redrive', page.deadLetters, actorOf(caller, event), reason, edges);
      const items = await budget.spend(page.deadLetters, async (each) => {
        const about = identify(saga, each);
        try {
          const prospect = await prospectOf(participant, each, edges);
          const moved = !dryRun && prospect.would !== 'stay';
          if (moved) {
            await intend();
            await redrive(participant, each, edges);
          }
          return { ...about, ...prospect, moved } satisfies RedrivenView;
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          return { ...about, would: 'stay', reason, moved: false };
        }
      });
      const { length: redriven } = items.filter((each) => each.moved);
      afterwards = async () => end?.(page.deadLetters.filter((_, index) => items[index]?.moved));
      // What only tells others comes back, and a walk through all pages would never end if it met it again.
      const left = items.map((each) => each.moved && each.would !== 'tell');
      return json(200, { dryRun, redriven, items, ...rest(page, left) });
    });
    await afterwards();
    return reply;
  });
}

/** Removes dead letters that nobody can use; with `dryRun`, only says which. */
function discarding(place: Keyed, edges: Edges, deadLetterQueues: Queues): HttpFunction {
  const { saga, service } = place;
  return endpoint(
    saga,
    [role(saga, DEAD_LETTERS), jsonBody(DiscardRequest)],
    async ({ body, caller }, event) => {
      const { dryRun, reason: why, ...selection } = body;
      const budget = new Budget(edges.now);
      let afterwards = async (): Promise<void> => {};
      const request = pageOf(selection, MAX_DISCARDED_BYTES);
      const reply = await deadLetterQueues().visit(service, request, async (page) => {
        checkFound(selection, page);
        const end = dryRun ? undefined : await notedOf(place, page.deadLetters, edges);
        if (!dryRun && page.deadLetters.length > 0)
          await intention('discard', page.deadLetters, actorOf(caller, event), why, edges)();
        const items = await budget.spend(page.deadLetters, (each) => {
          const about = identify(saga, each);
          const discarded = !dryRun;
          if (discarded) discard(saga, about, each, { service, by: caller.id, why });
          return { ...about, reason: each.reason, discarded } satisfies DiscardedView;
        });
        const left = items.map(({ discarded }) => discarded);
        afterwards = async () => end?.(page.deadLetters.slice(0, items.length));
        return json(200, { dryRun, discarded: countOf(left), items, ...rest(page, left) });
      });
      await afterwards();
      return reply;
    },
  );
}

const countOf = (left: readonly boolean[]): number => left.filter(Boolean).length;
