import { afterEach, expect, test, vi } from 'vitest';
import { deploymentIn } from './deployment.ts';
import { newSeed } from './random.ts';
import { run } from './run.ts';

/**
 * Goal: no log at LOG_LEVEL=info names a person, or says how somebody pays. Method: whatever customers and operators send has
 * marks, and no line of whatever the functions log among faults has one.
 */
const SEEDS = 400;

afterEach(() => {
  vi.restoreAllMocks();
});

test(`no line of ${SEEDS} runs has a customer, a payment method or what a person wrote`, async () => {
  const from = newSeed();
  const lines: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  const told: string[] = [];
  let count = 0;
  const { workloadOf } = await deploymentIn();
  for (let seed = from; seed < from + SEEDS; seed += 1) {
    const marks = new Set(
      workloadOf(seed).customers.flatMap(({ name, body, other }) => [
        name,
        String(body.paymentMethod),
        String(other.paymentMethod),
      ]),
    );
    await run({ seed });
    // As the simulation's operators settle a refund, and as the provider speaks of cards.
    for (const mark of [...marks, 'transfer 7', 'refused for good', 'card was declined', '_secret_'])
      told.push(...lines.filter((line) => line.includes(mark)));
    count += lines.length;
    lines.length = 0;
  }
  vi.restoreAllMocks();
  expect(count).toBeGreaterThan(SEEDS);
  expect(told.slice(0, 3), `from seed ${from}`).toEqual([]);
});
