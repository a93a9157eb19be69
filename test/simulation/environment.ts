import type { Invocation } from './invocation.ts';

/** Where a function runs: one invocation at a time, on a clock that may be wrong. */
export interface Environment {
  readonly service: string;
  readonly skewMs: number;
  invocation: Invocation | undefined;
}
