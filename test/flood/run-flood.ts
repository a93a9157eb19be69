import type { StopRequest } from '../../infra/local/stop-request.ts';
import { setStage } from '../bench/stage.ts';
import { type Verdict, verdictOn } from '../bench/verdict.ts';
import { providerIs } from '../support/saga/sandbox.ts';
import { type Flooded, floodStage, type Plan } from './flooding.ts';
import { SKUS } from './visits.ts';

/** Calls a second that the payment provider allows: of all endpoints for each of one. Undefined if any number. */
export type Allowed = number | undefined;
const ALL_ENDPOINTS = 4;

/** A system of its own, as it is set up by default but for the provider's rate, is flooded and judged. */
export async function runFlood(
  plan: Plan,
  allowed: Allowed,
  { report, requests }: { readonly report: (line: string) => void; readonly requests: StopRequest },
): Promise<Flooded & { readonly verdict: Verdict }> {
  const limits =
    allowed === undefined
      ? {}
      : {
          PAYMENT_RATE_LIMIT: String(allowed * ALL_ENDPOINTS),
          PAYMENT_ENDPOINT_RATE_LIMIT: String(allowed),
        };
  // As in serverless.yml, other than in tests.
  const environment = { NUDGE_SCHEDULE: 'true', MAX_EXPECTED_WAIT_SECONDS: '10', ...limits };
  const stage = await setStage({ skus: SKUS, report, requests, environment });
  try {
    if (allowed !== undefined)
      await providerIs(stage.world, {
        ratePerSecond: allowed * ALL_ENDPOINTS,
        endpointRatePerSecond: allowed,
      });
    const flooded = await floodStage(stage, plan, { stop: requests.stop, report });
    report('Judging what was done');
    return { ...flooded, verdict: await verdictOn(stage) };
  } finally {
    await stage.end();
  }
}
