import { test } from 'vitest';
import { expectNothingBroken } from '../../../simulation/crash-points/unbroken.ts';

/**
 * Goal: a process may die anywhere, also where participants act side by side. Method: as for the shop: an environment is
 * crashed before and after each call of a trip, and then before and after each pair of calls. The trip goes well, is
 * refused by each of those who can refuse it and by two of them at once, is cancelled at every call, or passes its
 * deadline. Where the car company never answers, there are so many calls that there is one crash at a time.
 */
test('a crash before or after any call of a trip, and any two of them, break no promise', async () => {
  await expectNothingBroken('test/examples/trip/deployment.ts');
}, 1_800_000);
