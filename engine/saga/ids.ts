import * as z from 'zod';

/** Half a surrogate pair is no Unicode. JSON can say it and DynamoDB refuses it, with all that is written beside it. */
export const UnicodeText = z.string().refine((text) => text.isWellFormed(), 'must be Unicode');

/** The schema of the ids of a saga that begin with the prefix. */
export const sagaIds = (prefix: string) =>
  z
    .string()
    .regex(
      new RegExp(`^${prefix}_[A-Za-z0-9_-]{24}$`),
      `must be ${prefix}_ and 24 letters, digits, dashes or underscores`,
    )
    .brand<'SagaId'>();

/** One saga's identity, derived from who began it and their idempotency key. */
export type SagaId = z.infer<ReturnType<typeof sagaIds>>;

/** The `sub` claim of a verified token: whoever owns a saga, or an operator. */
export const CallerId = UnicodeText.min(1).max(128).brand<'CallerId'>();
export type CallerId = z.infer<typeof CallerId>;
