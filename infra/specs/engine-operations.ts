import * as z from 'zod';
import { deadLetterViews } from '../../engine/dead-letters/dead-letter-view.ts';
import { AuditEntryView } from '../../engine/http/audit-view.ts';
import type { Parameter } from '../../engine/http/check.ts';
import { pageView } from '../../engine/http/page-view.ts';
import { History, recordView } from '../../engine/http/record-view.ts';
import { insightViews } from '../../engine/insight/insight-view.ts';
import { pascalCase } from '../../engine/saga/names.ts';
import type { Saga } from '../../engine/saga/saga.ts';
import { canBeStuck } from '../functions/participant-functions.ts';
import type { Operations } from './operation.ts';
import type { Route } from './routes.ts';

export const ifNoneMatch: Parameter = {
  in: 'header',
  name: 'If-None-Match',
  schema: z.string(),
  description:
    'The `ETag` that the caller has. What it has is not sent again; with `Prefer: wait`, any news ends the wait.',
};

/** The calls that every saga has: those of the initiator. `body` and `shown`: examples. */
export function initiatorOperations(
  { initiator, id, ownerRole }: Saga,
  view: z.ZodObject,
  page: z.ZodType,
  { body, shown }: { readonly body: object; readonly shown: Readonly<Record<string, unknown>> },
): Operations {
  const one = `/${initiator}s/{${id.name}}`;
  const placed = { schema: view, headers: ['Location', 'Link'] } as const;
  return {
    [`POST /${initiator}s`]: {
      summary: `Place the ${initiator} that the key stands for`,
      description: `It is durable when this answers, and then runs by itself. The same key and body are the same ${initiator} for ever; the key with another body is refused.`,
      answers: {
        202: { ...placed, description: `The ${initiator}, as it is now.`, example: shown },
        200: { ...placed, description: `The ${initiator} was forgotten: this is what is left of it.` },
      },
      problems: ['idempotency-key-reused', 'too-many-open', 'paused'],
      example: body,
    },
    [`GET /${initiator}s`]: {
      summary: `The caller’s own ${initiator}s, newest first`,
      answers: { 200: { description: 'A page.', schema: page, example: { items: [shown] } } },
    },
    [`GET ${one}`]: {
      summary: `An ${initiator}, at once or when there is news`.replace(/^An (?![aeiou])/, 'A '),
      description: `There is news when it has ended or waits for somebody. A ${ownerRole} sees their own only.`,
      parameters: [ifNoneMatch],
      answers: {
        200: {
          description: 'What it is now.',
          schema: view,
          headers: ['ETag', 'Preference-Applied'],
          example: shown,
        },
        304: { description: 'It is what the caller has.', headers: ['ETag', 'Preference-Applied'] },
      },
      problems: ['not-found'],
    },
    [`POST ${one}/cancel`]: {
      summary: `Cancel what has not been confirmed yet`,
      description: 'It is durable when this answers; what was done is then undone.',
      answers: {
        202: {
          ...placed,
          description: 'What it is now.',
          example: { ...shown, status: 'CANCELLING', reason: { code: ownerRole.toUpperCase() } },
        },
        200: { ...placed, description: 'It was cancelled and forgotten: this is what is left of it.' },
      },
      problems: ['not-found', 'conflict'],
      example: { reason: 'asked by telephone' },
    },
    [`POST ${one}/nudge`]: {
      summary: 'Have it say again now what it last said',
      description: 'As the schedule does when it is overdue. Past its deadline it cancels itself.',
      answers: {
        200: { description: 'What was said, or would be.', schema: nudgeView(view) },
        202: { description: 'Nothing can be said now: the schedule does it later.', schema: nudgeView(view) },
      },
      problems: ['not-found', 'conflict'],
      example: { dryRun: true },
    },
  };
}

const nudgeView = (view: z.ZodObject) => view.extend({ dryRun: z.boolean(), says: z.array(z.string()) });

/** The calls about where a saga is, and why. */
export function insightOperations(saga: Saga, views: EngineViews): Operations {
  const { initiator, id } = saga;
  return {
    [`GET /${initiator}s/{${id.name}}/timeline`]: {
      summary: `Where this ${initiator} is, and why`,
      answers: { 200: { description: 'What all participants know of it.', schema: views.Timeline } },
      problems: ['not-found'],
    },
    'GET /sagas': {
      summary: 'What is open, what it waits for, and what failed',
      answers: { 200: { description: 'A page.', schema: views.OpenPage } },
    },
    'GET /sagas/counts': {
      summary: 'How many are open, by status and age',
      answers: { 200: { description: 'The counts.', schema: views.Counts } },
    },
    'GET /sagas/ended': {
      summary: 'What ended on a day, newest first',
      answers: { 200: { description: 'A page.', schema: views.EndedPage } },
    },
    'GET /sagas/ended/counts': {
      summary: 'How many ended on a day, by hour and status',
      answers: { 200: { description: 'The counts.', schema: views.EndCounts } },
    },
    'GET /lookup': {
      summary: `The ${initiator} to which an id belongs`,
      answers: { 200: { description: `The ${initiator} in short.`, schema: views.Found } },
      problems: ['not-found', 'invalid-content'],
      tag: 'sagas',
    },
  };
}

/** The schemas of what every saga's API answers, and what the documents call them. */
export function engineViews(saga: Saga) {
  const { shown, redriven, discarded } = deadLetterViews(saga);
  const { timeline, open, counts, ended, endCounts, found } = insightViews(saga);
  return {
    History,
    AuditPage: pageView(AuditEntryView),
    DeadLetters: shown,
    Redriven: redriven,
    Discarded: discarded,
    Timeline: timeline,
    OpenPage: pageView(open),
    Counts: counts,
    EndedPage: pageView(ended),
    EndCounts: endCounts,
    Found: found,
  };
}

/** The views of the participants' records that the API shows, and what the documents call them. */
export function recordViews(saga: Saga, routes: readonly Route[]) {
  const { initiator, id, services } = saga;
  const views = services.flatMap((service) => {
    const { record } = saga.partOf(service);
    const reader = routes.find(
      ({ method, path }) => method === 'GET' && path === `/${initiator}s/{${id.name}}/${record}`,
    );
    const { shows } = reader?.tells.find((told) => told.shows !== undefined) ?? {};
    return record === undefined || shows === undefined
      ? []
      : [[pascalCase(record), recordView(shows)] as const];
  });
  return Object.fromEntries(views);
}

/** How the API shows participants' records, by the documents' names for them. */
export interface Records {
  readonly views: Readonly<Record<string, z.ZodType>>;
  readonly examples: Readonly<Record<string, unknown>>;
}

type EngineViews = ReturnType<typeof engineViews>;

/** The calls that every participant has. */
export const participantOperations = (
  saga: Saga,
  views: EngineViews,
  service: string,
  records: Records,
): Operations => ({
  ...recordOperations(saga, service, records),
  ...deadLetterOperations(saga, views, service),
  [`GET /audit/${service}`]: {
    summary: `Who did what to ${service} on a day, newest first`,
    answers: {
      200: {
        description: 'A page.',
        schema: views.AuditPage,
        example: { items: [exampleAct(saga, service)] },
      },
    },
  },
});

function recordOperations(saga: Saga, service: string, { views, examples }: Records): Operations {
  const { initiator, id } = saga;
  const { record = '', says } = saga.partOf(service);
  const name = pascalCase(record);
  const { [name]: schema } = views;
  if (schema === undefined) return {};
  const example = examples[name] === undefined ? {} : { example: examples[name] };
  const at = `/${initiator}s/{${id.name}}/${record}`;
  return {
    [`GET ${at}`]: {
      summary: `The ${record} of this ${initiator}, with its history`,
      answers: { 200: { description: `What ${service} has recorded.`, schema, ...example } },
      problems: ['not-found'],
    },
    ...(canBeStuck(says)
      ? {
          [`POST ${at}/resolve`]: {
            summary: 'Say how a person has settled what the outside would not undo',
            answers: { 200: { description: 'The record, which is settled.', schema } },
            problems: ['not-found', 'conflict'],
            example: { reason: 'The bank refuses it, so it was paid by transfer.', proof: 'transfer 7' },
          },
        }
      : {}),
  };
}

const exampleIn = ({ id }: Saga): string => `${id.prefix}_${'A'.repeat(24)}`;

const exampleAct = (saga: Saga, service: string) => ({
  at: '2026-01-01T00:00:00.000Z',
  by: 'olga',
  role: 'dead-letters',
  act: 'redrive',
  about: [`${exampleIn(saga)}:${saga.partOf(service).consumes[0]}`],
  before: {},
  after: {},
  reason: 'mended',
  requestId: '8e03978e-40d5-43e8-bc93-6894a57f9324',
});

function deadLetterOperations(
  saga: Saga,
  { DeadLetters, Redriven, Discarded }: EngineViews,
  service: string,
): Operations {
  const at = `/dead-letters/${service}`;
  const [type] = saga.partOf(service).consumes;
  const named = {
    messageId: `${exampleIn(saga)}:${type}`,
    digest: '6f1ed002ab5595859014ebf0951522d9',
    type,
    [saga.id.name]: exampleIn(saga),
  };
  const reason = 'gave up after 6 attempts';
  const end = { more: false, isWhole: true };
  return {
    [`GET ${at}`]: {
      summary: `Messages that ${service} could not handle, and why`,
      answers: {
        200: {
          description: 'A page.',
          schema: DeadLetters,
          example: {
            items: [{ ...named, reason, attempts: 6, bytes: 420, body: '{"specversion":"1.0"' }],
            ...end,
          },
        },
      },
    },
    [`POST ${at}/redrive`]: {
      summary: `Move dead letters of ${service} back to its queue`,
      description:
        'All that the body selects; without a selection, all. With `dryRun` it only says what each would do.',
      answers: {
        200: {
          description: 'What was moved, or would be.',
          schema: Redriven,
          example: {
            ...{ dryRun: true, redriven: 0 },
            items: [{ ...named, would: 'stay', reason: 'not JSON in UTF-8', moved: false }],
            ...end,
          },
        },
      },
      problems: ['bad-request', 'not-found'],
      example: { dryRun: true, type },
    },
    [`POST ${at}/discard`]: {
      summary: `Remove dead letters of ${service} that nobody can use`,
      description: 'Each is logged whole. With `dryRun` it only says which.',
      answers: {
        200: {
          description: 'What was removed, or would be.',
          schema: Discarded,
          example: { dryRun: true, discarded: 0, items: [{ ...named, reason, discarded: false }], ...end },
        },
      },
      problems: ['bad-request', 'not-found'],
      example: { dryRun: true, reason: 'nobody sends these any more', reasonIncludes: 'unknown event type' },
    },
  };
}
