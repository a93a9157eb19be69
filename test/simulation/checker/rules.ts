import type { Item, Write } from '../../../engine/batch/store.ts';
import type { OperatorPlan } from '../actors/workload.ts';
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
  /** Whether somebody may ever have been told to come later with another saga. Absent: nobody may. */
  wasLimited?(owner: string): boolean;
  /** Whether no table takes this as long as there are faults. */
  isUnwritable(write: Write): boolean;
  /** Whether that is why a saga is put off: it is no fault of those that came in one batch with it. */
  mayBeUnwritable(sagaId: string): boolean;
  /** After a restore: whether what the outside holds of a saga is not what would be asked for now. Absent: it never is. */
  isOfOtherTerms?(sagaId: string): boolean;
  /** Everything has ended: whether what operators were told is done is done. */
  ended(operators: readonly Asked[]): Flaw | undefined | Promise<Flaw | undefined>;
}

/** What an operator has asked for, and whether it was answered as done. */
export interface Asked {
  readonly plan: OperatorPlan;
  readonly isConfirmed: boolean;
}

/** Of a saga that promises nothing else. */
export const noRules: Rules = {
  wrote: () => undefined,
  recorded: () => undefined,
  judge: () => undefined,
  isUnwritable: () => false,
  mayBeUnwritable: () => false,
  ended: () => undefined,
};
