import * as z from 'zod';
import type { Saga } from '../saga/saga.ts';

const Named = z.object({
  messageId: z.string().optional(),
  digest: z.string().describe('Names it where its message has no id, or one that others have too.'),
  type: z.string().optional(),
});

const Shown = z.object({
  reason: z.string().describe('Why it could not be handled.'),
  lastError: z.string().optional(),
  attempts: z.int(),
  bytes: z.int().describe('The size of the whole body, of which `body` may be the beginning.'),
  body: z.string(),
});

const Redriven = z.object({
  would: z
    .enum(['stay', 'tell', 'ignore', 'apply', 'repeat', 'resume'])
    .describe('What it would do in the saga’s present state. One that would `stay` is not moved.'),
  reason: z.string().optional(),
  status: z.string().optional(),
  publishes: z.array(z.string()).readonly().optional(),
  moved: z.boolean(),
});

const Discarded = z.object({ reason: z.string(), discarded: z.boolean() });

const Rest = z.object({
  more: z.boolean().describe('Whether there are more behind these.'),
  cursor: z.string().optional().describe('Where to go on.'),
  isWhole: z.boolean().describe('Whether the whole queue could be looked at: another call may hold some.'),
});

export type NamedView = z.infer<typeof Named>;
export type ShownView = z.infer<typeof Shown>;
export type RedrivenView = z.infer<typeof Redriven>;
export type DiscardedView = z.infer<typeof Discarded>;
export type RestView = z.infer<typeof Rest>;

/** What the three calls about dead letters answer. */
export function deadLetterViews({ id }: Saga) {
  const named = { ...Named.shape, [id.name]: id.schema.optional() };
  const of = (item: z.ZodObject, head: z.ZodRawShape = {}) =>
    z.object({ ...head, items: z.array(z.object({ ...named, ...item.shape })), ...Rest.shape });
  return {
    shown: of(Shown),
    redriven: of(Redriven, { dryRun: z.boolean(), redriven: z.int() }),
    discarded: of(Discarded, { dryRun: z.boolean(), discarded: z.int() }),
  };
}
