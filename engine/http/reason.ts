import * as z from 'zod';
import type { Saga } from '../saga/saga.ts';
import type { Check } from './check.ts';
import { FreeText } from './free-text.ts';
import type { Caller } from './identity.ts';
import { BODY_PROBLEMS, contentOf, MAX_BODY_BYTES, validated } from './json-body.ts';

const Why = z.strictObject({ reason: FreeText });

/**
 * Finds why the staff do this: `{reason}` in a JSON body. An owner need not say, and nothing that an owner sends is read: it
 * would be kept for years, where nobody can erase it.
 * @throws Problem 413, 415, 400 (not JSON) or 422, also if there is no body
 */
export const reasonOfStaff = ({
  ownerRole,
}: Saga): Check<{ caller: Caller; reason: string | undefined }> => ({
  tells: { body: Why, maxBytes: MAX_BODY_BYTES, noBodyFrom: ownerRole, problems: BODY_PROBLEMS },
  before: ({ event, context }) => {
    if (context.caller.role === ownerRole) return;
    // Whoever sends nothing is told what to send, and not first in which format.
    const isEmpty = event.body === null || event.body === undefined || event.body === '';
    context.reason = validated(isEmpty ? {} : contentOf(event), Why).reason;
  },
});
