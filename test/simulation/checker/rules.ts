import type { Item, Write } from '../../../engine/batch/store.ts';
import type { Invocation } from '../invocation.ts';
import type { Flaw } from './flaw.ts';

/** What one saga promises besides what every saga does. Each tells what is wrong; undefined if nothing is. */
export interface Rules {
  /** Something was written, whatever it is. */
  wrote(
    service: string,
    writes: readonly Write[],
    before: ReadonlyMap<string, Item>,
    step: number,
    invocation: Invocation | undefined,
  ): Flaw | undefined;
  /** A record was written. */
  recorded(service: string, item: Item, invocation: Invocation | undefined): Flaw | undefined;
  /** How a saga stands now. */
  judge(sagaId: string): Flaw | undefined;
  /** Whether it is a saga's own fault that it cannot be written: none of those that came in one batch with it. */
  isUnwritable(sagaId: string): boolean;
}

/** Of a saga that promises nothing else. */
export const noRules: Rules = {
  wrote: () => undefined,
  recorded: () => undefined,
  judge: () => undefined,
  isUnwritable: () => false,
};
