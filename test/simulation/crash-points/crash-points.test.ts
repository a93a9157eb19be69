import { test } from 'vitest';
import { expectNothingBroken } from './unbroken.ts';

/**
 * Goal: P6, and with it all the other promises: a process may die anywhere. Method: for the happy saga and each
 * failing one, an environment is crashed before and after each call that it makes to the outside, and then before
 * and after each pair of calls; what was under way comes again once, twice or long after the saga's deadline.
 * Nothing is sampled.
 */
test('a crash before or after any call, and any two of them, break no promise', () => expectNothingBroken());
