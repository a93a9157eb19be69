import type { Finding } from '../../../functions/reconciliation/compare.ts';
import { AUDITED } from '../../../functions/reconciliation/records.ts';
import { type Report, reconcile, type Sides } from '../../../functions/reconciliation/run.ts';
import type { Flaw } from '../checker/flaw.ts';
import { BEGIN_MS, type World } from '../world/world.ts';
import { providerBooks } from './provider-books.ts';

const DAY_MS = 24 * 3_600_000;

/** What the auditor says of a world, a day after everything has ended in it. */
export async function reconciled(world: World): Promise<Report> {
  const nowMs = world.clock.nowMs + DAY_MS;
  const window = { fromMs: BEGIN_MS - DAY_MS, toMs: nowMs, cursor: { source: 'provider' } as const };
  const [order, inventory, payment] = AUDITED.map((service) => readerOf(world, service));
  const sides = {
    tables: { order, inventory, payment } as Sides['tables'],
    books: providerBooks(world.provider),
    now: () => nowMs,
    clockErrorMs: world.clock.errorMs,
  };
  return await reconcile(sides, window, { isOver: () => false, tell: () => {} });
}

const readerOf = (world: World, service: string): Sides['tables']['order'] => {
  const table = world.tableOf(service);
  return {
    read: async (keys) => table.read(keys),
    scan: async (limit, after) => table.scan(limit, after),
  };
};

/** The auditor must see what the checker sees, and nothing else. `flaw`: what the checker sees in the money. */
export async function flawOfReconciliation(world: World, flaw: Flaw | undefined): Promise<Flaw | undefined> {
  const report = await reconciled(world);
  const wrong = report.findings.find(
    // A refund that is pending for an order that nobody placed: no schedule asks what became of it.
    ({ kind, orderId }) => kind === 'disagreement' || (kind === 'stuck' && !world.unasked.has(orderId)),
  );
  if (flaw !== undefined) {
    const [promise, text] = flaw;
    return wrong === undefined ? [promise, `${text}; the reconciliation does not see it`] : flaw;
  }
  if (wrong !== undefined) return ['reconciliation', inWords(wrong)];
  return report.open === 0 ? undefined : ['reconciliation', `${report.open} orders are open in the end`];
}

const inWords = ({ code, orderId, sentence }: Finding): string => `${code} of ${orderId}: ${sentence}`;
