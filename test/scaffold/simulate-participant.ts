import { goalsOfPlayer } from '../simulation/coverage-goals.ts';
import { deploymentIn } from '../simulation/deployment.ts';
import { simulateInParallel } from '../simulation/parallel.ts';
import { newSeed } from '../simulation/random.ts';
import { reportOf } from '../simulation/report.ts';
import { replay } from '../simulation/simulate-seeds.ts';

/** Simulates so many seeds in the copy that this file is in, and says as JSON what broke a promise and what never happened to a service. */
const [service = '', count = '1'] = process.argv.slice(2);
const { violations, coverage } = await simulateInParallel({ from: newSeed(), count: Number(count) });
for (const { seed } of violations.slice(0, 1)) console.error(reportOf(await replay({ seed })));
const { cast } = await deploymentIn();
const happened = new Map(coverage);
const missing = goalsOfPlayer(cast.playerOf(service)).filter((goal) => !happened.has(goal));
console.log(
  JSON.stringify({
    violations: violations.map(({ seed, promise, flaw }) => `seed ${seed}: ${promise} ${flaw}`),
    missing,
  }),
);
