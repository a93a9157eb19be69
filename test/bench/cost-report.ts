import { brokerUsdPerMonth, type CostLine, costOf, orchestration, totalOf } from './cost.ts';
import type { Counted } from './counting/counting.ts';
import type { Counts } from './counting/counts.ts';
import { type Price, prices } from './prices.ts';
import { type Row, section, textTable } from './text-table.ts';

/** What a million sagas would cost on AWS, with the arithmetic, beside what orchestrators charge. */
export function costReport({ happy, compensated }: Counted, concurrency: number): string {
  const million = (kind: string, counts: Counts) => {
    const lines = costOf(counts);
    return section(`A million ${kind} sagas on AWS: $${totalOf(lines).toFixed(2)}`, linesTable(lines));
  };
  const all: readonly Price[] = Object.values(prices);
  const remarks: readonly Row[] = [
    ...all.map(({ usd, unit, source, asOf, secondHand }) => [
      `$${usd}`,
      `for a ${unit}; ${source} on ${asOf}${secondHand === undefined ? '' : ` (${secondHand})`}`,
    ]),
  ];
  return [
    million('happy, alone,', happy.oneAtATime),
    million(`happy, ${concurrency} at once,`, happy.atConcurrency),
    million('compensated, alone,', compensated.oneAtATime),
    million(`compensated, ${concurrency} at once,`, compensated.atConcurrency),
    section(
      'Orchestrators instead, to which the API, functions and tables of their steps are to be added',
      linesTable([
        ...orchestration('happy').map(({ what, ...rest }) => ({ what: `${what}, happy`, ...rest })),
        ...orchestration('compensated').map(({ what, ...rest }) => ({
          what: `${what}, compensated`,
          ...rest,
        })),
      ]),
    ),
    [
      `A broker is $${brokerUsdPerMonth.toFixed(0)} a month, however many sagas. Not counted: logs, storage, backups, data transfer, a`,
      'network gateway, and what the payment provider takes. Milliseconds are those of this machine, with all functions',
      'in one process that is given more than 512 MB: no measurement of Lambda. The authorizer is counted for every',
      'request, though API Gateway keeps its answer for five minutes. Group commit makes fewer calls, but an item costs',
      'twice as many write units in a transaction. In AWS each POST has an environment to itself, so its put is as in',
      'the sagas that were alone.',
    ].join('\n'),
    section('Prices, US East (N. Virginia)', textTable(remarks)),
  ].join('\n\n');
}

const linesTable = (lines: readonly CostLine[]): string =>
  textTable(lines.map(({ what, arithmetic, usd }) => [what, `${arithmetic} = $${usd.toFixed(2)}`]));
