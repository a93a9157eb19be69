/** The time of a stage or of one of its tests. */
export interface Timed {
  readonly name: string;
  readonly seconds: number;
}

const SLOWEST = 10;

/** The time of each stage and of the slowest tests. */
export function timesOf(stages: readonly Timed[], tests: readonly Timed[]): string {
  const slowest = tests.toSorted((a, b) => b.seconds - a.seconds).slice(0, SLOWEST);
  const total = stages.reduce((sum, { seconds }) => sum + seconds, 0);
  return [
    `${(total / 60).toFixed(1)} minutes: ${stages.map(({ name, seconds }) => `${name} ${seconds.toFixed(0)} s`).join(', ')}`,
    ...(slowest.length === 0 ? [] : ['The slowest tests:']),
    ...slowest.map(({ name, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${name}`),
  ].join('\n');
}
