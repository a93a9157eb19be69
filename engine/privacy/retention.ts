const DAY_MS = 24 * 3_600_000;

/**
 * How long a saga is kept after its end: RETENTION_DAYS. Infinity for ever.
 * @throws RangeError naming what is wrong with it; `fewest`: so many days somebody may still need it
 */
export function retentionMs(fewest: number, text = process.env.RETENTION_DAYS): number {
  if (text === undefined || text === '' || text === 'forever') return Number.POSITIVE_INFINITY;
  if (!/^[1-9]\d{0,4}$/.test(text) || Number(text) < fewest)
    throw new RangeError(
      `RETENTION_DAYS is ${JSON.stringify(text)}: it has to be a number of days, at least ${fewest}, or forever`,
    );
  return Number(text) * DAY_MS;
}
