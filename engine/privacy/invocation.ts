/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
export interface Limited {
  getRemainingTimeInMillis(): number;
}

/** A page takes well under a second, and a table that throttles has some seconds more. */
const RESERVE_MS = 10_000;

/** Whether there is no time for another page. */
export const withTimeFor = (context: Limited) => (): boolean =>
  context.getRemainingTimeInMillis() < RESERVE_MS;

/** The schedule's event has no such member. */
export const isDryRun = (event: unknown): boolean =>
  typeof event === 'object' && event !== null && 'dryRun' in event && event.dryRun === true;
