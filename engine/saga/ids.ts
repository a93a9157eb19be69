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

const MAX_SUBJECT_LENGTH = 255;

/** A caller as records and events have it: a saga's owner or an operator. */
export const CallerId = UnicodeText.min(1).max(MAX_SUBJECT_LENGTH).brand<'CallerId'>();
export type CallerId = z.infer<typeof CallerId>;

/**
 * The `sub` claim of a token, which becomes such a caller: printable ASCII without space, quotes and backslash. It is shown to
 * people, written to logs and kept for ever; a line break or a mark of direction there could pass for something else.
 * https://openid.net/specs/openid-connect-core-1_0.html#IDToken
 */
export const Subject = CallerId.refine(
  (text) => /^[!#-&(-[\]-~]+$/.test(text),
  `must be 1 to ${MAX_SUBJECT_LENGTH} printable ASCII characters without space, quotes and backslash`,
);
