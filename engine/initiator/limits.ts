import type { Limits } from '../saga/tally.ts';

/** The limits of an owner, by the class that its token names; undefined if it has none. */
export type LimitsOf = (ownerClass: string | undefined) => Limits | undefined;

/** The environment variables for it. */
interface LimitSettings {
  readonly MAX_OPEN_PER_OWNER?: string | undefined;
  readonly PAUSE_AFTER_FAILURES?: string | undefined;
}

/**
 * The limits of an owner: MAX_OPEN_PER_OWNER is a number of sagas, PAUSE_AFTER_FAILURES one of failures in a row; after
 * it may follow those of some classes: `20,trusted=200,staff=none`. Whoever has no limit is not counted.
 * @throws RangeError naming the setting that is wrong
 */
export function limitsIn({ MAX_OPEN_PER_OWNER: open, PAUSE_AFTER_FAILURES: pause }: LimitSettings): LimitsOf {
  const mostOpen = byClass('MAX_OPEN_PER_OWNER', open);
  const failuresBeforePause = byClass('PAUSE_AFTER_FAILURES', pause);
  return (ownerClass = '') => {
    const limits = {
      mostOpen: mostOpen(ownerClass),
      failuresBeforePause: failuresBeforePause(ownerClass),
    };
    return Object.values(limits).some(Number.isFinite) ? limits : undefined;
  };
}

function byClass(setting: string, text: string | undefined): (ownerClass: string) => number {
  const [usual, ...classes] = (text || 'none').split(',');
  const most = numberIn(setting, usual);
  const known = new Map(
    classes.map((each) => {
      const [, name, number] = /^([a-z][a-z0-9-]*)=(.+)$/.exec(each) ?? [];
      if (name === undefined) throw flaw(setting, each);
      return [name, numberIn(setting, number)];
    }),
  );
  return (ownerClass) => known.get(ownerClass) ?? most;
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
