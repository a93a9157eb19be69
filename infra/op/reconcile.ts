import * as z from 'zod';
import { textOf } from './named.ts';
import type { Operation } from './operation.ts';
import { table } from './text/table.ts';

const Report = z.looseObject({
  from: z.string(),
  to: z.string(),
  compared: z.int(),
  open: z.int(),
  stuck: z.int(),
  disagreements: z.int(),
  information: z.int(),
  findings: z.array(
    z.looseObject({ kind: z.string(), code: z.string(), orderId: z.string(), sentence: z.string() }),
  ),
  isFinished: z.boolean(),
  cursor: z.unknown().optional(),
});
type Report = z.infer<typeof Report>;

/** A run takes some minutes at most. */
const MAX_RUNS = 100;

export const reconcile: Operation = {
  usage: 'reconcile',
  about: 'Compare Stripe, payment, order and inventory now: the day until a quarter of an hour ago.',
  options: [
    { flags: '--from <time>', about: 'another time to begin, such as 2026-11-28T00:00:00Z' },
    { flags: '--to <time>', about: 'another time to end' },
  ],
  run: async ({ options, columns }, { invoke }) => {
    const [from, to] = [textOf(options.from), textOf(options.to)];
    const window = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    let report = Report.parse(await invoke('reconcile', window));
    for (let runs = 1; !report.isFinished && runs < MAX_RUNS; runs += 1) {
      const rest = { from: report.from, to: report.to, cursor: report.cursor };
      report = together(report, Report.parse(await invoke('reconcile', rest)));
    }
    const { findings, compared, open, stuck, disagreements, information, isFinished } = report;
    const found = disagreements + stuck + information;
    return {
      lines: [
        `${compared} orders from ${report.from} to ${report.to} compared: ${disagreements} disagree, ${stuck} are stuck, ${open} are open.`,
        ...(findings.length === 0
          ? []
          : [
              '',
              ...table(
                ['order', 'code', 'what is so'],
                findings.map(({ orderId, code, sentence }) => [orderId, code, sentence]),
                columns,
              ),
            ]),
        ...(found > findings.length ? ['', 'The log of the function reconcile has the others.'] : []),
        ...(isFinished ? [] : ['There was no time for all of them: ask again for a shorter time.']),
      ],
      answer: report,
      isDone: isFinished && disagreements + stuck === 0,
    };
  },
};

const together = (before: Report, report: Report): Report => ({
  ...report,
  compared: before.compared + report.compared,
  open: before.open + report.open,
  stuck: before.stuck + report.stuck,
  disagreements: before.disagreements + report.disagreements,
  information: before.information + report.information,
  findings: [...before.findings, ...report.findings],
});
