import { type Counts, sum } from './counting/counts.ts';
import { prices } from './prices.ts';

/** One line of a bill for a million sagas, with the arithmetic behind it. */
export interface CostLine {
  readonly what: string;
  readonly arithmetic: string;
  readonly usd: number;
}

/** As in serverless.yml. */
const memoryGB = 0.5;
const hoursPerMonth = 730;

/** What AWS would charge for a million sagas that each take what was counted for one. */
export function costOf(perSaga: Counts): readonly CostLine[] {
  const { invocations, billedMs, readUnits, writeUnits } = perSaga;
  const perMillion = (what: string, count: number, usd: number): CostLine => ({
    what,
    arithmetic: `${count} × $${usd}`,
    usd: count * usd,
  });
  const gbSeconds = Number((billedMs * memoryGB * 1_000).toFixed(0));
  return [
    perMillion('API Gateway requests', invocations['place-order'] ?? 0, prices.apiRequest.usd),
    perMillion(
      'Lambda requests',
      Number(sum(Object.values(invocations)).toFixed(2)),
      prices.lambdaRequest.usd,
    ),
    {
      what: 'Lambda duration',
      arithmetic: `${billedMs} ms × ${memoryGB} GB = ${gbSeconds} GB-s a million × $${prices.lambdaDuration.usd}`,
      usd: gbSeconds * prices.lambdaDuration.usd,
    },
    perMillion('DynamoDB write units', writeUnits, prices.databaseWrite.usd),
    perMillion('DynamoDB read units', readUnits, prices.databaseRead.usd),
  ];
}

export const totalOf = (lines: readonly CostLine[]): number => sum(lines.map(({ usd }) => usd));

export const brokerUsdPerMonth = hoursPerMonth * prices.broker.usd;

/**
 * What orchestrators charge for the same saga on top of the API, the functions and the tables that its steps need
 * there too. A happy one has three steps: reserve, charge, confirm. A declined one has four: reserve, charge, release,
 * cancel. A durable execution's start is an operation as well.
 */
export function orchestration(outcome: 'happy' | 'compensated'): readonly CostLine[] {
  const steps = outcome === 'happy' ? 3 : 4;
  const { stepFunctionsTransition, durableOperation } = prices;
  return [
    {
      what: 'Step Functions standard',
      arithmetic: `${steps} transitions × $${stepFunctionsTransition.usd}`,
      usd: steps * stepFunctionsTransition.usd,
    },
    {
      what: 'Lambda durable functions',
      arithmetic: `${steps + 1} operations × $${durableOperation.usd}`,
      usd: (steps + 1) * durableOperation.usd,
    },
  ];
}
