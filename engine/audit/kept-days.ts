const DEFAULT_DAYS = 400;

/** For how many days an entry is kept, as AUDIT_DAYS says; undefined: for ever. @throws RangeError if it says nothing of the kind */
export function keptDays(text = process.env.AUDIT_DAYS): number | undefined {
  if (text === undefined || text === '') return DEFAULT_DAYS;
  if (text === 'forever') return undefined;
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new RangeError(`AUDIT_DAYS is ${JSON.stringify(text)}`);
  return Number(text);
}
