import * as z from 'zod';

/** Settings that tests change with `PUT /sandbox/settings`; Stripe has none. They affect calls to /v1 only. */
export interface Settings {
  /** A delay before every call is executed, while its idempotency key is in use. */
  latencyMs: number;
  /** `refuse` resets the connection, `hang` never answers; either way nothing is done. */
  outage: 'none' | 'refuse' | 'hang';
}

const change = z.strictObject({
  latencyMs: z.int().min(0).max(60_000).optional(),
  outage: z.enum(['none', 'refuse', 'hang']).optional(),
});

/** Makes the change, or returns what is wrong with it. */
export function changeSettings(settings: Settings, json: string): string | undefined {
  let body: unknown;
  try {
    body = JSON.parse(json);
  } catch {
    return 'the body is not JSON';
  }
  const parsed = change.safeParse(body);
  if (!parsed.success) return z.prettifyError(parsed.error);
  settings.latencyMs = parsed.data.latencyMs ?? settings.latencyMs;
  settings.outage = parsed.data.outage ?? settings.outage;
  return undefined;
}
