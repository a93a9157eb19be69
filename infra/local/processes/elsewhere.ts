import type { Part } from './part.ts';

/** A part that runs elsewhere: its address was given, so it is never started or stopped here. */
export function elsewhere(title: string, probe: () => Promise<string>): Part {
  const refuse = () =>
    Promise.reject(new Error(`${title} was given by its address, so this system must not kill it`));
  return {
    title,
    pid: undefined,
    start: probe,
    stop: () => Promise.resolve(),
    kill: refuse,
  };
}
