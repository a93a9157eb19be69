import { parseQueueShards } from '../../../engine/saga/queue-shards.ts';
import { shop } from '../../shop.ts';
import type { Limits } from './pacer.ts';
import { limitOf } from './window.ts';

/** Calls a second of one account, and of one endpoint. https://docs.stripe.com/rate-limits */
const documented = { live: { all: 100, endpoint: 25 }, test: { all: 25, endpoint: 25 } };

/** The environment variables for the pace. */
export interface PaceSettings {
  readonly PAYMENT_RATE_LIMIT?: string | undefined;
  readonly PAYMENT_ENDPOINT_RATE_LIMIT?: string | undefined;
  readonly QUEUE_SHARDS?: string | undefined;
}

/**
 * The limits of one environment: a number of calls a second, `none`, or by default what Stripe documents for the key.
 * `share`: the part of them that this environment may use.
 * @throws RangeError naming the setting that is wrong
 */
export function limitsFrom(settings: PaceSettings, key: string, share = shardsShare(settings)): Limits {
  const defaults = documented[/^[sr]k_live_/.test(key) ? 'live' : 'test'];
  const limit = (name: 'PAYMENT_RATE_LIMIT' | 'PAYMENT_ENDPOINT_RATE_LIMIT', perSecond: number) => {
    const set = rateIn(name, settings[name], perSecond);
    return set === 'none' ? undefined : limitOf(set * share);
  };
  return {
    all: limit('PAYMENT_RATE_LIMIT', defaults.all),
    endpoint: limit('PAYMENT_ENDPOINT_RATE_LIMIT', defaults.endpoint),
  };
}

/** Each of the queues has one environment at a time that works on it. */
const shardsShare = ({ QUEUE_SHARDS }: PaceSettings): number =>
  1 / (parseQueueShards(shop, QUEUE_SHARDS).payment ?? 1);

function rateIn(name: string, text: string | undefined, otherwise: number): number | 'none' {
  if (text === undefined || text === '') return otherwise;
  if (text === 'none') return 'none';
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new RangeError(
    `${name} is ${JSON.stringify(text)}: it has to be a number of calls a second, or none`,
  );
}
