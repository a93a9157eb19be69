import type * as z from 'zod';

const MAX_ISSUES = 3;

/** What is wrong and where, in one line. */
export const explain = ({ issues }: z.ZodError): string =>
  issues
    .slice(0, MAX_ISSUES)
    .map(({ path, message }) => `${path.join('.') || '(root)'}: ${message}`)
    .join('; ');
