import * as z from 'zod';

const Facts = z
  .record(z.string(), z.union([z.string(), z.number()]))
  .describe('Statuses and numbers only, and nothing of a person.');

/** Who did what, as auditors see it. */
export const AuditEntryView = z.object({
  at: z.iso.datetime(),
  by: z.string().describe('A member of staff by their subject; an owner by a pseudonym.'),
  role: z.string().describe('The role in which they acted.'),
  act: z.string(),
  about: z
    .array(z.string())
    .describe('What it was done to: a saga’s id, a counter’s name, or the ids of dead letters.'),
  before: Facts.optional(),
  after: Facts.optional(),
  reason: z.string().optional(),
  requestId: z.string().optional(),
});
export type AuditEntryView = z.infer<typeof AuditEntryView>;
