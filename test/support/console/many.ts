import type { Counts, DeadLetters, EndCounts, OpenPage } from '../../../api/calls.ts';
import type { Stage } from './stage.ts';

/** How many are open, and how many of them a page lists. */
interface Many {
  readonly open: number;
  readonly dead: number;
}

const idOf = (index: number): string => `ord_${String(index).padStart(24, '0')}`;

const openAt = (index: number, nowMs: number): OpenPage['items'][number] => {
  const ageSeconds = 30 + index;
  const createdMs = nowMs - ageSeconds * 1_000;
  return {
    ...{ orderId: idOf(index), status: index % 5 === 0 ? 'CANCELLING' : 'PENDING', ageSeconds },
    ...{ createdAt: new Date(createdMs).toISOString(), updatedAt: new Date(createdMs).toISOString() },
    deadline: new Date(createdMs + 900_000).toISOString(),
    nextNudge: new Date(nowMs + 8_000).toISOString(),
    waitsOn: [{ service: 'payment', toHear: ['stock.reserved'] }],
    troubles: [
      {
        ...{ service: 'payment', lastError: 'ProviderError: StripeConnectionError', attempts: index % 7 },
        ...{ cause: 'stock.reserved', nextTry: new Date(nowMs + 5_000).toISOString() },
      },
    ],
  };
};

const deadAt = (index: number): DeadLetters['items'][number] => ({
  ...{ digest: String(index).padStart(32, '0'), type: 'stock.reserved', orderId: idOf(index), attempts: 6 },
  reason: `gave up after 6 attempts: StripeConnectionError of pi_${String(index).padStart(12, '0')}`,
  ...{ bytes: 400, body: JSON.stringify({ lines: [{ sku: 'mug', quantity: 1 + index }] }) },
});

/** The API of a system in which very many sagas are open, each answer another than the one before. */
export function manyAnswers({ open, dead }: Many): Parameters<Stage['answer']>[0] {
  const letters = Array.from({ length: dead }, (_, index) => deadAt(index));
  return {
    'GET /health': () => ({ status: 'ok' }),
    'GET /audit/*': () => ({ items: [] }),
    'GET /sagas/counts': (): Counts => ({
      at: new Date().toISOString(),
      ...{ total: open, oldest: new Date(Date.now() - open * 1_000).toISOString(), isWhole: true },
      counts: [
        { status: 'PENDING', olderThan: '0s', youngerThan: '1h', count: open / 2 },
        { status: 'PENDING', olderThan: '1h', count: open / 2 },
      ],
    }),
    'GET /sagas/ended/counts': ({ query }): EndCounts => ({
      ...{ day: query.get('day') ?? '', total: 0, counts: [], isWhole: true },
    }),
    'GET /sagas': ({ query }): OpenPage => {
      const nowMs = Date.now();
      const count = Math.min(open, Number(query.get('limit') ?? 20));
      // Each time some others are at its beginning: the ones before have moved on.
      const first = Number(query.get('cursor') ?? 0) + (Math.floor(nowMs / 500) % 50);
      const items = Array.from({ length: count }, (_, index) => openAt(first + index, nowMs));
      return { items, cursor: String(first + count) };
    },
    'GET /dead-letters/*': ({ name, query }): DeadLetters => {
      const limit = Number(query.get('limit') ?? 20);
      return name === 'payment'
        ? { items: letters.slice(0, limit), more: dead > limit, isWhole: true }
        : { items: [], more: false, isWhole: true };
    },
  };
}
