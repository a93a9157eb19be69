import { unitsToCrash } from '../simulation/crash-points/enumerate.ts';
import { crashEverywhere } from '../simulation/crash-points/in-threads.ts';
import { withoutLogs } from '../simulation/quiet.ts';
import { run } from '../simulation/run.ts';

/**
 * Crashes some sagas of the copy that this file is in at every point, and says as JSON what came of it: those that end in
 * different ways, one that the service refuses, and of those in which it undoes what it has done the one that is cancelled
 * first and the one that is cancelled last. All others, and what comes again twice or late, take the gate's own stage.
 */
const [service = ''] = process.argv.slice(2);

/** Whether whoever the service asks undoes something, when all goes well otherwise. */
async function isUndone(scenario: string): Promise<boolean> {
  const script = { seed: 0, order: 'arrival', scenario, redelivery: 'once', faults: [] } as const;
  const { trace } = await run(script, { isTraced: true });
  return trace.some((line) => new RegExp(` ${service}#\\d+ call-\\d+ undo `).test(line));
}

const recalls = await withoutLogs(async () => {
  const cancelled = (await unitsToCrash()).filter(
    ({ scenario, redelivery }) => /^cancel-\d+$/.test(scenario) && redelivery === 'once',
  );
  const undone: string[] = [];
  for (const { scenario } of cancelled) if (await isUndone(scenario)) undone.push(scenario);
  return undone;
});
const wanted = new Set([
  ...['happy', 'out-of-stock', 'declined', 'deadline', `refused-by-${service}`],
  ...[recalls[0], recalls.at(-1)],
]);
const { units, singles, pairs } = await crashEverywhere(
  ({ scenario, redelivery }) => wanted.has(scenario) && (redelivery === 'once' || scenario === 'happy'),
);
const scenarios = [...new Set(units.map(({ scenario }) => scenario))];
const broken = units.flatMap((unit) => unit.broken.map(({ violation }) => violation));
console.log(JSON.stringify({ scenarios, recalls: recalls.length, singles, pairs, broken }));
// What a broken saga has left under way is of no interest any more.
process.exit(0);
