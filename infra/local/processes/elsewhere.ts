import type { Part } from './part.ts';

/** A part somebody else runs: its address was given, so it is used but neither started nor stopped. */
export function elsewhere(title: string, probe: () => Promise<string>): Part {
  const refuse = () => Promise.reject(new Error(`${title} was given by its address; it is not ours to kill`));
  return {
    title,
    pid: undefined,
    start: probe,
    stop: () => Promise.resolve(),
    kill: refuse,
  };
}
