import { createHash } from 'node:crypto';
import { sagasReader } from '../../../engine/insight/sagas-reader.ts';
import { timelineReader } from '../../../engine/insight/timeline-reader.ts';
import { DEADLINE_MS, olga, type ShopInMemory } from '../shop-in-memory.ts';
import { threeServices } from '../three-services.ts';
import type { Stage } from './stage.ts';

/** What the real readers answer of a shop in memory, whose clock the test sets. */
export function shopAnswers(here: ShopInMemory): Parameters<Stage['answer']>[0] {
  const clock = { now: () => here.nowMs, deadlineMs: () => DEADLINE_MS };
  const sagas = sagasReader({ saga: threeServices, views: here.views, ...clock });
  const timeline = timelineReader(threeServices, here.views, clock);
  const queryOf = (query: URLSearchParams) => ({ query: Object.fromEntries(query) });
  return {
    'GET /health': () => ({ status: 'ok' }),
    'GET /sagas/counts': async () => (await here.call(sagas, olga, { resource: '/sagas/counts' })).body,
    'GET /sagas/ended/counts': async ({ query }) =>
      (await here.call(sagas, olga, { resource: '/sagas/ended/counts', ...queryOf(query) })).body,
    'GET /sagas': async ({ query }) =>
      (await here.call(sagas, olga, { resource: '/sagas', ...queryOf(query) })).body,
    'GET /orders/*/timeline': async ({ name }) =>
      (await here.call(timeline, olga, { path: { orderId: name } })).body,
    'GET /audit/*': () => ({ items: [] }),
    'GET /dead-letters/*': ({ name }) => ({ items: deadIn(here, name), more: false, isWhole: true }),
  };
}

/** Headers of our dead letters, as the broker has them. */
function said(headers: Readonly<Record<string, unknown>> | undefined, name: string): string {
  const value = headers?.[name];
  return typeof value === 'string' ? value : '';
}

const deadIn = ({ dead }: ShopInMemory, service: string): readonly object[] =>
  dead
    .filter((each) => each.service === service)
    .map(({ message: { messageId, type, body, headers } }) => ({
      ...{ messageId, type, orderId: messageId.split(':')[0] },
      digest: createHash('sha256').update(messageId).digest('hex').slice(0, 32),
      reason: said(headers, 'saga-dead-reason'),
      lastError: said(headers, 'saga-error'),
      ...{ attempts: 2, bytes: String(body).length, body: String(body) },
    }));
