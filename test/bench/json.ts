import type { Arguments } from './arguments.ts';
import { brokerUsdPerMonth, costOf, orchestration, totalOf } from './cost.ts';
import type { Counted, CountsByConcurrency } from './counting/counting.ts';
import type { Findings } from './run.ts';

const shownViolations = 40;

/** What a run has to show for itself, for programs. */
export function toJson(args: Arguments, findings: Findings): object {
  const { mode, concurrency, declined, skus, hot } = args;
  const { main, runs, oneAtATime, openLoop, counted, growth, retries, verdict } = findings;
  return {
    mode,
    concurrency,
    declined,
    skus,
    hot,
    ...main,
    runs,
    oneAtATime,
    openLoop,
    growth,
    ...(counted && { perSaga: counted, usdPerMillionSagas: usdPerMillion(counted) }),
    retries,
    statuses: verdict.statuses,
    violations: verdict.violations.length,
    violationLines: verdict.violations.slice(0, shownViolations),
  };
}

function usdPerMillion({ happy, compensated }: Counted): object {
  const both = ({ oneAtATime, atConcurrency }: CountsByConcurrency) => ({
    oneAtATime: totalOf(costOf(oneAtATime)),
    atConcurrency: totalOf(costOf(atConcurrency)),
  });
  const instead = (outcome: 'happy' | 'compensated') =>
    Object.fromEntries(orchestration(outcome).map(({ what, usd }) => [what, usd]));
  return {
    happy: { ...both(happy), ...instead('happy') },
    compensated: { ...both(compensated), ...instead('compensated') },
    brokerPerMonth: brokerUsdPerMonth,
  };
}
