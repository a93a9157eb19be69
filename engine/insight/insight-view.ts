import * as z from 'zod';
import type { Saga } from '../saga/saga.ts';

/** A saga in short. Of one that is forgotten, what is personal is missing, and its times are. */
const Summary = z.object({
  status: z.string(),
  reason: z.looseObject({ code: z.string() }).optional(),
  waitingFor: z.string().optional().describe('Who has to act before it can go on.'),
  createdAt: z.iso.datetime().optional(),
  updatedAt: z.iso.datetime().optional(),
  deadline: z.iso.datetime().optional().describe('When it cancels itself.'),
  deadlineInSeconds: z
    .int()
    .optional()
    .describe('From 0 down it is past its deadline, and cancels itself when the schedule comes to it.'),
});

/** What only staff see. */
const Standing = z.object({
  nextNudge: z.iso.datetime().optional().describe('When the schedule comes to it.'),
  waitsOn: z
    .array(
      z.object({
        service: z.string(),
        toHear: z.array(z.string()).optional(),
        toSay: z.array(z.string()).optional(),
      }),
    )
    .optional()
    .describe('At whom it stands, and what that service has to hear or to say.'),
});

/** What a participant is stuck at, for staff. */
const Stuck = z.object({
  lastError: z.string().optional(),
  failedAt: z.iso.datetime().optional(),
  cause: z.string().optional(),
  attempts: z.int().optional(),
  nextTry: z.iso.datetime().optional(),
  isDeadLetter: z.boolean().optional(),
});

const Entry = z.object({
  at: z.iso.datetime(),
  service: z.string(),
  status: z.string().optional(),
  cause: z.string(),
  error: z.string().optional().describe('Why the cause could not be handled at that time. For staff.'),
});

const EndCounts = z.object({
  day: z.iso.date(),
  total: z.int(),
  counts: z.array(
    z.object({
      from: z.iso.datetime().describe('The beginning of the hour.'),
      status: z.string(),
      count: z.int(),
    }),
  ),
  isWhole: z.boolean().describe('Whether all could be counted.'),
});

const Counts = z.object({
  at: z.iso.datetime(),
  total: z.int(),
  oldest: z.iso.datetime().optional(),
  counts: z.array(
    z.object({
      status: z.string(),
      olderThan: z.string(),
      youngerThan: z.string().optional(),
      count: z.int(),
    }),
  ),
  isWhole: z.boolean().describe('Whether all could be counted.'),
});

/** What the calls about where a saga is, and why, answer. */
export function insightViews({ id }: Saga) {
  const summary = { [id.name]: id.schema, ...Summary.shape };
  return {
    timeline: z.object({
      ...summary,
      ...Standing.shape,
      // Who waits says more of it.
      participants: z.array(
        z.looseObject({
          service: z.string(),
          status: z.string().optional(),
          since: z.iso.datetime().optional(),
          waitingFor: z.string().optional(),
          ...Stuck.shape,
        }),
      ),
      entries: z.array(Entry),
    }),
    open: z.object({
      ...summary,
      ...Standing.shape,
      ageSeconds: z.int(),
      troubles: z.array(z.object({ service: z.string(), ...Stuck.shape })).optional(),
      lastError: z.string().optional(),
    }),
    counts: Counts,
    ended: z.object({
      [id.name]: id.schema,
      status: z.string(),
      reason: z.looseObject({ code: z.string() }).optional(),
      createdAt: z.iso.datetime(),
      endedAt: z.iso.datetime(),
      lastError: z.string().optional(),
    }),
    endCounts: EndCounts,
    found: z.object({
      ...summary,
      foundBy: z.string(),
      timeline: z.string().describe('Where to read more.'),
    }),
  };
}
