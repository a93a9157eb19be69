import * as z from 'zod';

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof UNIT_MS;

/** A time such as `90s`, `15m`, `2h` or `3d`, in milliseconds. */
export const msOf = (age: `${number}${Unit}`): number =>
  Number(age.slice(0, -1)) * UNIT_MS[age.slice(-1) as Unit];

export const Age = z
  .string()
  .regex(/^\d{1,6}[smhd]$/)
  .transform((text) => msOf(text as `${number}${Unit}`));
