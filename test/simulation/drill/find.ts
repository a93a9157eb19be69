import { withoutLogs } from '../quiet.ts';
import { drill } from './drill.ts';

/** Drills in the tree that this file is in, seed by seed, until one finds a flaw, and says so as JSON. */
const [from = '1', count = '1'] = process.argv.slice(2);
const found = await withoutLogs(async () => {
  for (let seeds = 1; seeds <= Number(count); seeds += 1) {
    const { flaw } = await drill(Number(from) + seeds - 1);
    if (flaw !== undefined) return { seeds, afterSeeds: seeds, promise: flaw.split(':')[0], flaw };
  }
  return { seeds: Number(count) };
});
console.log(JSON.stringify(found));
process.exit(0);
