import * as z from 'zod';

/** Half a surrogate pair is not Unicode. JSON can hold it, but DynamoDB refuses the whole transaction with it. */
export const UnicodeText = z.string().refine((text) => text.isWellFormed(), 'must be Unicode');

/** The schema of the saga ids with this prefix. */
export const sagaIds = (prefix: string) =>
  z
    .string()
    .regex(
      new RegExp(`^${prefix}_[A-Za-z0-9_-]{24}$`),
      `must be ${prefix}_ and 24 letters, digits, dashes or underscores`,
    )
    .brand<'SagaId'>();

/** A saga's id, derived from its owner and the owner's idempotency key. */
export type SagaId = z.infer<ReturnType<typeof sagaIds>>;

/** The `sub` claim of a verified token: a saga's owner or an operator. */
export const CallerId = UnicodeText.min(1).max(128).brand<'CallerId'>();
export type CallerId = z.infer<typeof CallerId>;
