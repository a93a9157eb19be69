import type { Limits } from '../saga/tally.ts';

/** The limits of an owner, by the class that its token names; undefined if it has none. */
export type LimitsOf = (ownerClass: string | undefined) => Limits | undefined;

/** The environment variables for it. */
interface LimitSettings {
  readonly MAX_OPEN_PER_OWNER?: string | undefined;
  readonly PAUSE_AFTER_FAILURES?: string | undefined;
}

/** Both `none`, or not set: nobody is limited, and nothing is counted. */
const isNone = (text: string | undefined): boolean => text === undefined || text === '' || text === 'none';

/**
 * The limits of an owner: MAX_OPEN_PER_OWNER is a number of sagas, and after it those of some classes
 * (`20,trusted=200,staff=none`); PAUSE_AFTER_FAILURES is a number of failures in a row.
 * @throws RangeError naming the setting that is wrong
 */
export function limitsIn({ MAX_OPEN_PER_OWNER: open, PAUSE_AFTER_FAILURES: pause }: LimitSettings): LimitsOf {
  if (isNone(open) && isNone(pause)) return () => undefined;
  const [usual, ...classes] = isNone(open) ? ['none'] : (open as string).split(',');
  const mostOpen = numberIn('MAX_OPEN_PER_OWNER', usual);
  const byClass = new Map(classes.map((each) => classIn(each)));
  const failuresBeforePause = numberIn('PAUSE_AFTER_FAILURES', isNone(pause) ? 'none' : pause);
  return (ownerClass = '') => ({ mostOpen: byClass.get(ownerClass) ?? mostOpen, failuresBeforePause });
}

function classIn(text: string): readonly [name: string, mostOpen: number] {
  const [, name, number] = /^([a-z][a-z0-9-]*)=(.+)$/.exec(text) ?? [];
  if (name === undefined) throw flaw('MAX_OPEN_PER_OWNER', text);
  return [name, numberIn('MAX_OPEN_PER_OWNER', number)];
}

function numberIn(setting: string, text = ''): number {
  if (text === 'none') return Number.POSITIVE_INFINITY;
  if (!/^[1-9]\d{0,5}$/.test(text)) throw flaw(setting, text);
  return Number(text);
}

const flaw = (setting: string, text: string): RangeError =>
  new RangeError(`${setting}: ${JSON.stringify(text)} has to be a number, or none`);

let limitsOf: LimitsOf | undefined;

/** As the environment variables say: they never change. @throws RangeError */
export function limitsSetting(ownerClass: string | undefined): Limits | undefined {
  limitsOf ??= limitsIn({
    MAX_OPEN_PER_OWNER: process.env.MAX_OPEN_PER_OWNER,
    PAUSE_AFTER_FAILURES: process.env.PAUSE_AFTER_FAILURES,
  });
  return limitsOf(ownerClass);
}
