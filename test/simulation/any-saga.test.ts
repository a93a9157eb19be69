import { test } from 'vitest';
import { expectNoViolationOf } from './any-saga/fresh-sagas.ts';

/**
 * Goal: the engine keeps its promises for every declaration that it accepts, and not for the shop's alone. Method:
 * declarations are drawn at random, with steps after and beside each other, with and without failures and compensations;
 * those that are accepted are simulated like the shop.
 */
test('sagas that nobody wrote break no promise', () => expectNoViolationOf(30, 40));
