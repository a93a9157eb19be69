import { loggingInvocations } from '../environment/log.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
interface Limited {
  getRemainingTimeInMillis(): number;
}

/** A page takes well under a second, and a table that throttles has some seconds more. */
const RESERVE_MS = 10_000;

/** A function that works page by page. `isOver`: whether there is no time for another page. */
export const pageByPage = <Result>(work: (event: unknown, isOver: () => boolean) => Result) =>
  loggingInvocations((event: unknown, context: Limited) =>
    work(event, () => context.getRemainingTimeInMillis() < RESERVE_MS),
  );

/** The schedule's event has no such member. */
export const isDryRun = (event: unknown): boolean =>
  typeof event === 'object' && event !== null && 'dryRun' in event && event.dryRun === true;
