import * as z from 'zod';

/** What `PUT /sandbox/settings` changes at run time, for tests only. Not Stripe's. Concerns calls to /v1 alone. */
export interface Settings {
  /** Added to every call before anything is done, while its idempotency key is in use. */
  latencyMs: number;
  /** `refuse` resets the connection, `hang` never answers; either way nothing is done. */
  outage: 'none' | 'refuse' | 'hang';
}

const change = z.strictObject({
  latencyMs: z.int().min(0).max(60_000).optional(),
  outage: z.enum(['none', 'refuse', 'hang']).optional(),
});

/** Returns what is wrong with the change, or undefined when it was made. */
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
