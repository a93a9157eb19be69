import { simulateSeeds } from '../simulate-seeds.ts';

/** Simulates seeds in the tree that this file is in, until one finds a violation, and says so as JSON. */
const [from = '1', count = '1', deployment] = process.argv.slice(2);
const { violations, seeds } = await simulateSeeds({ deployment, from: Number(from), count: Number(count) });
const [first] = violations;
const found = first && {
  afterSeeds: first.seed - Number(from) + 1,
  promise: first.promise,
  flaw: first.flaw,
};
console.log(JSON.stringify({ seeds, ...found }));
// What a broken saga has left under way is of no interest any more.
process.exit(0);
