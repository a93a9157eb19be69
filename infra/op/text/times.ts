const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** A time such as `45 s`, `12 min` or `3 h`: the largest unit of which there are two, so that it is not far off. */
export function lasting(seconds: number): string {
  const [size, unit] = UNITS.find(([each]) => seconds >= 2 * each) ?? [1, 's'];
  return `${Math.round(seconds / size)} ${unit}`;
}

/** A moment, and how far away it is: `2026-11-30T09:11:02.123Z (12 min ago)`. Nothing for no moment. */
export function moment(at: string | undefined, nowMs: number): string {
  if (at === undefined) return '';
  const seconds = (Date.parse(at) - nowMs) / 1_000;
  return `${at} (${seconds < 0 ? `${lasting(-seconds)} ago` : `in ${lasting(seconds)}`})`;
}
