import * as z from 'zod';

const percent = z.int().min(0).max(100);
/** 0: no limit. */
const perSecond = z.int().min(0).max(10_000);
const ms = z.int().min(0).max(60_000);

/** Settings that tests change with `PUT /sandbox/settings`; Stripe has none. Requests to /v1 alone are slow, refused or limited. */
const Settings = z.strictObject({
  /** A delay before every call is executed, while its idempotency key is in use. */
  latencyMs: ms,
  /** `refuse` resets the connection, `hang` never answers; either way nothing is done. */
  outage: z.enum(['none', 'refuse', 'hang']),
  /** Of all requests, and of those to one endpoint: https://docs.stripe.com/rate-limits */
  ratePerSecond: perSecond,
  endpointRatePerSecond: perSecond,
  /** How long until something happens by itself: a refund or a charge settles, a charge is disputed. */
  settleMs: ms,
  /** Events that are never sent, that are sent twice, and how late the others are. */
  webhooksLostPercent: percent,
  webhooksDoubledPercent: percent,
  webhooksDelayMs: ms,
});
export type Settings = z.infer<typeof Settings>;

export const defaultSettings: Readonly<Settings> = {
  latencyMs: 0,
  outage: 'none',
  ratePerSecond: 0,
  endpointRatePerSecond: 0,
  settleMs: 3_000,
  webhooksLostPercent: 0,
  webhooksDoubledPercent: 0,
  webhooksDelayMs: 0,
};

/** Makes the change, or returns what is wrong with it. */
export function changeSettings(settings: Settings, json: string): string | undefined {
  let body: unknown;
  try {
    body = JSON.parse(json);
  } catch {
    return 'the body is not JSON';
  }
  const parsed = Settings.partial().safeParse(body);
  if (!parsed.success) return z.prettifyError(parsed.error);
  Object.assign(settings, parsed.data);
  return undefined;
}
