import * as z from 'zod';
import { log } from '../environment/log.ts';
import type { Check, Parameter } from '../http/check.ts';
import { endpoint } from '../http/endpoint.ts';
import { type HttpFunction, json } from '../http/http.ts';
import { sagaIdFor } from '../http/idempotency-key.ts';
import { role } from '../http/identity.ts';
import { asCalled } from '../http/location.ts';
import { Problem } from '../http/problem.ts';
import { AUDITOR, SUPPORT } from '../http/role.ts';
import { CallerId, type SagaId } from '../saga/ids.ts';
import type { Saga } from '../saga/saga.ts';
import { see, type Views } from './seen.ts';
import { summaryOf } from './timeline.ts';

/** An id that others give, who know to which saga it belongs. */
export interface ForeignId {
  /** What it is the id of: `booking`. */
  readonly of: string;
  readonly pattern: RegExp;
  /** What they say: the saga's id, or undefined if they know nothing of it. @throws if they do not answer */
  readonly find: (id: string) => Promise<string | undefined>;
}

/** What a caller has. */
type Wanted = { readonly id: string } | { readonly owner: CallerId; readonly idempotencyKey: string };

interface Found {
  readonly sagaId: SagaId;
  readonly foundBy: string;
}

/**
 * GET /lookup: the saga to which an id belongs, whatever its kind: `?id=` its own, an event's, or a foreign one; or
 * `?idempotencyKey=` with its owner's id. No index is needed: each id leads to the saga's by itself, or others know it.
 */
export function lookingUp(
  saga: Saga,
  views: Views,
  foreign: readonly ForeignId[],
  { now, deadlineMs }: { readonly now: () => number; readonly deadlineMs: () => number },
): HttpFunction {
  const checks = [role(saga, SUPPORT, AUDITOR), wantedIn(saga)] as const;
  return endpoint(saga, checks, async ({ wanted }, event) => {
    const { sagaId, foundBy } = await idOf(saga, foreign, wanted);
    const seen = (await see(views, [sagaId])).get(sagaId);
    if (seen === undefined)
      throw new Problem(
        'not-found',
        `The ${foundBy} leads to ${sagaId}, and there is no such ${saga.initiator}.`,
      );
    const timeline = asCalled(event, `/${saga.initiator}s/${sagaId}/timeline`);
    return json(200, {
      ...summaryOf(saga, seen, { nowMs: now(), deadlineMs: deadlineMs() }),
      foundBy,
      timeline,
    });
  });
}

async function idOf(saga: Saga, foreign: readonly ForeignId[], wanted: Wanted): Promise<Found> {
  const id = saga.id.schema;
  if ('idempotencyKey' in wanted) {
    const { owner, idempotencyKey } = wanted;
    return { sagaId: sagaIdFor(saga, owner, idempotencyKey), foundBy: 'idempotency key' };
  }
  const own = id.safeParse(wanted.id);
  if (own.success) return { sagaId: own.data, foundBy: `id of the ${saga.initiator}` };
  const [, subject, type = ''] = /^([^:]+):(.+)$/.exec(wanted.id) ?? [];
  const about = id.safeParse(subject);
  if (about.success && saga.eventTypes.includes(type))
    return { sagaId: about.data, foundBy: 'id of the event' };
  const others = foreign.find(({ pattern }) => pattern.test(wanted.id));
  if (others !== undefined) return await askOthers(saga, others, wanted.id);
  const kinds = [saga.initiator, 'event', ...foreign.map(({ of }) => of)];
  throw new Problem(
    'invalid-content',
    `This is no id of any of these: ${kinds.join(', ')}. Nothing else leads to the ${saga.initiator}.`,
  );
}

async function askOthers({ id, initiator }: Saga, { of, find }: ForeignId, wanted: string): Promise<Found> {
  let said: string | undefined;
  try {
    said = await find(wanted);
  } catch (error) {
    log('warn', 'a foreign id cannot be looked up', { of, error: String(error) });
    throw new Problem('unavailable', `Whoever gave the id of this ${of} does not answer at the moment.`);
  }
  const named = id.schema.safeParse(said);
  if (named.success) return { sagaId: named.data, foundBy: `id of the ${of}` };
  throw new Problem(
    'not-found',
    said === undefined
      ? `There is no ${of} with this id.`
      : `There is a ${of} with this id, and it is of no ${initiator} of ours.`,
  );
}

/** Finds what the caller has. @throws Problem 400 */
function wantedIn({ owner, id }: Saga): Check<{ wanted: Wanted }> {
  const text = z.string().min(1).max(512);
  const Query = z.union([
    z.strictObject({ id: text }).readonly(),
    z.strictObject({ idempotencyKey: text.max(255), [owner]: CallerId }),
  ]);
  const query = (name: string, schema: z.ZodType, description: string): Parameter => ({
    ...{ in: 'query', name, schema, description },
  });
  return {
    tells: {
      parameters: [
        query('id', text, 'Its own id, an event’s, or one that a provider gave. Alone.'),
        query('idempotencyKey', text.max(255), 'The key that it was placed with.'),
        query(owner, CallerId, 'Whose key that is.'),
      ],
      problems: ['bad-request'],
    },
    before: ({ event, context }) => {
      const { data } = Query.safeParse(event.queryStringParameters ?? {});
      if (data === undefined)
        throw new Problem(
          'bad-request',
          `Say either id, or idempotencyKey and ${owner}. The ${id.name} may be the id.`,
        );
      const said = data as Readonly<Record<string, string>>;
      context.wanted =
        said.id !== undefined
          ? { id: said.id }
          : { owner: CallerId.parse(said[owner]), idempotencyKey: String(said.idempotencyKey) };
    },
  };
}
