import * as z from 'zod';

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof UNIT_MS;

/** A time such as `90s`, `15m`, `2h` or `3d`, in milliseconds. */
const msOf = (age: `${number}${Unit}`): number => Number(age.slice(0, -1)) * UNIT_MS[age.slice(-1) as Unit];

/** Open sagas are counted by their age: at least as old as this, and younger than the next. */
export const AGES = ['0s', '1m', '10m', '1h', '1d'] as const;

/** The last of them that a saga of this age has reached; the first for what is from a clock ahead. */
export const ageGroupOf = (ageMs: number): number =>
  Math.max(
    0,
    AGES.findLastIndex((each) => ageMs >= msOf(each)),
  );

export const Age = z
  .string()
  .regex(/^\d{1,6}[smhd]$/)
  .transform((text) => msOf(text as `${number}${Unit}`));
