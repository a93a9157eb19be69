import * as z from 'zod';
import type { Operation } from './operation.ts';

const Retained = z.object({ forgotten: z.int(), open: z.int(), failed: z.int(), more: z.boolean() });

export const retain: Operation = {
  usage: 'retain',
  about:
    'Run the retention now: forget the orders that ended RETENTION_DAYS ago, as the schedule does each night.',
  options: [{ flags: '--dry-run', about: 'only say what would be forgotten' }],
  run: async ({ options: { dryRun = false } }, { invoke }) => {
    const { forgotten, open, failed, more } = Retained.parse(await invoke('retain', { dryRun }));
    return {
      lines: [
        `${forgotten} orders ${dryRun ? 'would be' : 'are'} forgotten, and ${open} are kept for now.`,
        ...(failed > 0 ? [`${failed} could not be read: the log of the function retain says which.`] : []),
        ...(more ? ['There was no time for all of them: the next run goes on.'] : []),
      ],
      answer: { forgotten, open, failed, more },
      isDone: failed === 0,
    };
  },
};
