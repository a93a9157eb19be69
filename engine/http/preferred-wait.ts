import * as z from 'zod';
import type { Check } from './check.ts';
import { headersOf } from './http.ts';

/** A caller that prefers more waits no longer. API Gateway would end its request after 29 s. */
const MAX_WAIT_SECONDS = 10;

/**
 * Finds how many seconds the caller prefers to wait for news: `Prefer: wait=10`. Zero if it says nothing, or nothing that can
 * be done: a preference is never an error. https://www.rfc-editor.org/rfc/rfc7240#section-4.3
 */
export const preferredWait = (): Check<{ waitSeconds: number }> => ({
  tells: {
    parameters: [
      {
        in: 'header',
        name: 'Prefer',
        schema: z.string(),
        description: `\`wait=${MAX_WAIT_SECONDS}\`: answer when there is news, after so many seconds (at most ${MAX_WAIT_SECONDS}) at the latest. Anything else is passed over.`,
      },
    ],
  },
  before: ({ event, context }) => {
    context.waitSeconds = waitIn(headersOf(event, 'prefer').join(','));
  },
});

function waitIn(header: string): number {
  // The first of several counts.
  const [, seconds] = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,9})"?\s*(?=[,;]|$)/i.exec(header) ?? [];
  return Math.min(Number(seconds ?? 0), MAX_WAIT_SECONDS);
}
