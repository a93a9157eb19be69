import { withoutLogs } from '../quiet.ts';
import { byzantine } from './byzantine.ts';

const SERVICES = ['order', 'inventory', 'payment'] as const;

/** Has each service taken over in turn, in the tree that this file is in, until a promise is broken, and says so as JSON. */
const [from = '1', count = '1'] = process.argv.slice(2);
const found = await withoutLogs(async () => {
  for (let seeds = 1; seeds <= Number(count); seeds += 1) {
    const seed = Number(from) + seeds - 1;
    const { flaw } = await byzantine(seed, SERVICES[seed % SERVICES.length] ?? 'order');
    if (flaw !== undefined) return { seeds, afterSeeds: seeds, promise: flaw.split(':')[0], flaw };
  }
  return { seeds: Number(count) };
});
console.log(JSON.stringify(found));
process.exit(0);
