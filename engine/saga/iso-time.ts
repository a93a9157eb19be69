let known = { ms: Number.NaN, text: '' };

/** A moment as text, in UTC. What happens in one step is told several times, so the last moment is kept. */
export function isoTime(ms: number): string {
  if (known.ms !== ms) known = { ms, text: new Date(ms).toISOString() };
  return known.text;
}
