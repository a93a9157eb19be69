import { expect, test } from 'vitest';
import { withoutLogs } from '../quiet.ts';
import { newSeed } from '../random.ts';
import { byzantine, type TakenOver } from './byzantine.ts';

/**
 * Goal: the table in docs/security.md of what each promise still holds for while somebody speaks for a service. Method: among
 * all other faults somebody says by that service's broker user whatever it may say, of sagas that there are and of others.
 * What the code keeps is kept, and what it cannot keep the reconciliation names.
 */
const FRESH_SEEDS = 100;

test.each<TakenOver>(['order', 'inventory', 'payment'])(
  `%s is taken over, in ${FRESH_SEEDS} fresh seeds`,
  { timeout: 180_000 },
  async (service) => {
    const from = newSeed();
    const flaws = await withoutLogs(async () => {
      const found: string[] = [];
      for (let seed = from; seed < from + FRESH_SEEDS; seed += 1) {
        const { flaw } = await byzantine(seed, service);
        if (flaw !== undefined) found.push(`seed ${seed}: ${flaw}`);
      }
      return found;
    });
    expect(flaws).toEqual([]);
  },
);
