import { vi } from 'vitest';

/** A line of the log, without the time. */
export type Line = Readonly<Record<string, unknown>>;

/** Catches what is logged from now on, until `vi.restoreAllMocks`. */
export function catchLog(): readonly Line[] {
  const lines: Line[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    const { timestamp: _, ...line } = JSON.parse(String(text)) as Line;
    return lines.push(line) > 0;
  });
  return lines;
}
