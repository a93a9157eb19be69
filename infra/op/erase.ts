import * as z from 'zod';
import type { Operation } from './operation.ts';

const Erased = z.object({ forgotten: z.int(), open: z.int(), failed: z.int(), more: z.boolean() });

/** A run takes some minutes at most, and a customer has fewer orders than so many runs erase. */
const MAX_RUNS = 100;

export const erase: Operation = {
  usage: 'erase <customer>',
  about:
    'Forget a customer: what is personal in their orders that have ended, and the key of their name in the audit.',
  options: [
    { flags: '--reason <reason>', about: 'for the log: a number of your own, and no name', isRequired: true },
    { flags: '--dry-run', about: 'only say what would be erased' },
  ],
  run: async ({ args: [owner], options: { reason, dryRun = false } }, { invoke }) => {
    const total = { forgotten: 0, open: 0, failed: 0 };
    let isMore = true;
    for (let runs = 0; isMore && runs < MAX_RUNS; runs += 1) {
      const { more, ...run } = Erased.parse(await invoke('erase', { owner, reason, dryRun }));
      // Those that are left are found by each run.
      Object.assign(total, run, { forgotten: total.forgotten + run.forgotten });
      // A dry run would find the same again.
      isMore = more && dryRun === false;
    }
    const { forgotten, open, failed } = total;
    return {
      lines: [
        `${forgotten} of ${String(owner)}'s orders ${dryRun ? 'would be' : 'are'} erased.`,
        ...(open > 0
          ? [`${open} go on, or ended less than a quarter of an hour ago: ask again after that.`]
          : []),
        ...(failed > 0 ? [`${failed} could not be erased: the log of the function erase says why.`] : []),
        ...(isMore ? ['There are more: ask again.'] : []),
      ],
      answer: { ...total, more: isMore },
      isDone: dryRun === true || (open + failed === 0 && !isMore),
    };
  },
};
