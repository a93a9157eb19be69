import { log, loggingInvocations } from '../../engine/environment/log.ts';
import { liveReader } from '../../engine/live-table.ts';
import type { Metric } from '../../engine/metrics/emf.ts';
import { tellAlarm } from '../../engine/metrics/metrics.ts';
import { unpacedStripe } from '../payment/stripe-client.ts';
import type { Finding } from './compare.ts';
import type { ProviderBooks } from './provider-books.ts';
import { type Report, reconcile, type Sides } from './run.ts';
import { windowOf } from './window.ts';

/** No page is begun after this. A page may have to ask the provider for a hundred intents, one by one. */
const RESERVE_MS = 60_000;

/** What one run leaves to look at; 0 too, so that an alarm sees that it has come to its end. */
const toLookAtMetric: Metric = { name: 'ReconciliationToLookAt', unit: 'Count' };

const levels = { disagreement: 'error', stuck: 'warn', information: 'info' } as const;

const tell = ({ kind, ...finding }: Finding): void => log(levels[kind], `reconciliation: ${kind}`, finding);

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
interface Context {
  getRemainingTimeInMillis(): number;
}

/**
 * Compares provider, payment, order and inventory for a window, and logs each finding. The event: `{"from", "to",
 * "cursor"}` or `{"time", "daysAgo"}`, all optional. The result says where the next run has to go on, if the time was too short for this one.
 *
 * @throws Error if the provider or a table does not answer
 */
export const reconciling = (connect: () => Promise<ProviderBooks>, sides: Omit<Sides, 'books'>) =>
  loggingInvocations(async (event: unknown, context: Context): Promise<Report> => {
    const isOver = () => context.getRemainingTimeInMillis() < RESERVE_MS;
    const books = await connect();
    const report = await reconcile({ ...sides, books }, windowOf(event, sides.now()), { isOver, tell });
    const { findings: _, ...summary } = report;
    // The alarm's number. A window that was not read to its end counts, and a payment of no order that is stuck: no
    // schedule looks after it.
    const toLookAt = report.disagreements + report.stuck + (report.isFinished ? 0 : 1);
    log(toLookAt > 0 ? 'error' : 'info', 'reconciled', { ...summary, toLookAt });
    tellAlarm('reconciliation', toLookAtMetric, sides.now(), toLookAt);
    return report;
  });

/** The schedules, each once a day. */
export const handler = reconciling(unpacedStripe(), {
  tables: { order: liveReader('order'), inventory: liveReader('inventory'), payment: liveReader('payment') },
  now: Date.now,
});
