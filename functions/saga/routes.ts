import { kindOf, type Service, services } from './choreography.ts';
import type { EventType } from './events.ts';

/** Steps, compensations and outcomes: a direct exchange, routed by event type. */
export const EVENTS_EXCHANGE = 'saga.events';
/** Failures: a fanout exchange, so that every participant hears of every failure. */
export const FAILURES_EXCHANGE = 'saga.failures';

export const exchangeOf = (type: EventType): string =>
  kindOf(type) === 'failure' ? FAILURES_EXCHANGE : EVENTS_EXCHANGE;

export const queueOf = (service: Service): string => service;
export const deadQueueOf = (service: Service): string => `${service}.dead`;

/** A delay before another attempt: a queue whose messages expire back into the queue they came from. */
export interface RetryDelay {
  /** As it stands in the queue's name: `5s`, `2m`, `250ms`. */
  readonly name: string;
  readonly delayMs: number;
}

export const retryExchangeOf = ({ name }: RetryDelay): string => `saga.retry.${name}`;

/** Enough to ride out a broker or database restart quickly and a longer outage without a person. */
export const DEFAULT_RETRY_DELAYS = '1s,5s,30s,2m,10m';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * Reads a ladder of delays such as `1s,5s,30s`.
 * @throws RangeError naming the entry that is not a whole number with a unit.
 */
export function parseRetryDelays(text: string): readonly RetryDelay[] {
  return text.split(',').map((entry) => {
    const name = entry.trim();
    const [, count, unit] = /^([1-9]\d{0,5})(ms|s|m|h)$/.exec(name) ?? [];
    const unitMs = UNIT_MS[unit ?? ''];
    if (count === undefined || unitMs === undefined) {
      throw new RangeError(
        `retry delay "${name}" is not a whole number with a unit (ms, s, m or h), such as 5s`,
      );
    }
    return { name, delayMs: Number(count) * unitMs };
  });
}

export const isService = (name: string): name is Service => services.some((service) => service === name);
