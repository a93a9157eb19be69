import { vi } from 'vitest';

/** A line of the log, without the time. */
export type Line = Readonly<Record<string, unknown>>;

/** Catches what is logged from now on, until `vi.restoreAllMocks`. What at debug comes along with a failure is no part of it. */
export function catchLog(): readonly Line[] {
  const lines: Line[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    const { timestamp: _, ...line } = JSON.parse(String(text)) as Line;
    if (line.level !== 'debug') lines.push(line);
    return true;
  });
  return lines;
}
