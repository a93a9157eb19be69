import { test } from 'vitest';
import { expectNoViolationOf } from '../simulation/any-saga/fresh-sagas.ts';

/** As the simulation's own test of drawn sagas, and ten times as much. */
test('hundreds of sagas that nobody wrote break no promise', () => expectNoViolationOf(200, 60), 600_000);
