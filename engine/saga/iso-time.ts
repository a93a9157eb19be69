let known = { ms: Number.NaN, text: '' };

/** A moment as text, in UTC. One step formats the same moment several times, so the last one is kept. */
export function isoTime(ms: number): string {
  if (known.ms !== ms) known = { ms, text: new Date(ms).toISOString() };
  return known.text;
}

/** The day of a moment, in UTC, such as `2026-11-30`. */
export const isoDay = (ms: number): string => isoTime(ms).slice(0, '2026-11-30'.length);

/** The moment that such a text tells, in milliseconds since 1970; NaN if it tells none. */
export const msOf = (text: string): number => Date.parse(text);
