import { eventFor, withHeader } from './events.ts';
import type { Local } from './local.ts';
import { offline } from './offline.ts';

/** Each asks for ten seconds. */
const ASKED = 6;

/** Stock, and the order that the events are about, which has ended: otherwise it would go on between two looks. */
export async function seed(local: Local): Promise<void> {
  await offline(local, 'put-stock', { ...eventFor('put-stock'), pathParameters: { sku: 'mug-blue' } });
  for (const name of ['put-stock', 'receive-stock', 'place-order'])
    await offline(local, name, eventFor(name));
  const asking = withHeader(eventFor('get-order'), 'Prefer', 'wait=10');
  let answer = '';
  for (let asked = 0; asked < ASKED; asked += 1) {
    answer = JSON.stringify(await offline(local, 'get-order', asking));
    if (answer.includes('CONFIRMED')) return;
  }
  throw new Error(`the order is not confirmed: ${answer}`);
}
