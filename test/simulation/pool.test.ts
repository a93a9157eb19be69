import { expect, test } from 'vitest';
import type { Unit } from './crash-points/enumerate.ts';
import { inThreads } from './pool.ts';

/** Goal: a thread that fails is a test that fails, and says why. Method: it is asked for what there is not. */
const asked = (scenario: string): Unit => ({ scenario, redelivery: 'once', faults: [] });

test('what ends a thread is told to whoever waits for its answer', async () => {
  const pieces = [asked('no such saga'), asked('happy')];
  await expect(inThreads('crashes', pieces, () => true, 1)).rejects.toThrow(
    'there is no scenario no such saga',
  );
});
