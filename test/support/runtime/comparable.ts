import * as z from 'zod';
import type { Answer } from './runtime-api.ts';

const Reply = z.looseObject({
  statusCode: z.number(),
  headers: z.record(z.string(), z.unknown()).optional(),
  body: z.string(),
});

/**
 * What two calls do not share: when stock was counted, until when books are compared, and what an environment looks for once
 * an hour. Of headers, dates.
 */
const OF_ITS_OWN = /^(stocktakenAt|to|oldestDays|date|last-modified)$/i;

/** An answer as two calls of the same should give it, with its body parsed. */
export function comparable(answer: Answer): unknown {
  if ('error' in answer) return { error: answer.error.errorMessage };
  const reply = Reply.safeParse(answer.answer);
  if (!reply.success) return shared(answer.answer ?? null);
  return shared({ ...reply.data, body: parsed(reply.data.body) });
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function shared(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shared);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) => (OF_ITS_OWN.test(name) ? [] : [[name, shared(each)]])),
  );
}
