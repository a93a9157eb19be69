import type { Saga } from './saga.ts';

/** Steps, compensations and outcomes: a direct exchange, routed by event type. */
export const EVENTS_EXCHANGE = 'saga.events';
/** Failures: a fanout exchange, so that every participant hears of every failure. */
export const FAILURES_EXCHANGE = 'saga.failures';

export const exchangeOf = (saga: Saga, type: string): string =>
  saga.kindOf(type) === 'failure' ? FAILURES_EXCHANGE : EVENTS_EXCHANGE;

export const queueOf = (service: string): string => service;
export const deadQueueOf = (service: string): string => `${service}.dead`;

/**
 * To a service's own queues, of which there may be several for what is redriven: whoever may write to the default exchange may write to every queue.
 * https://www.rabbitmq.com/docs/access-control#authorisation
 */
export const deadLetterExchangeOf = (service: string): string => `${service}.dead`;
export const redriveExchangeOf = (service: string): string => service;

/** A delay before another attempt: for each service a queue whose messages expire back into the queue they came from. */
export interface RetryDelay {
  /** As it stands in the queue's name: `5s`, `2m`, `250ms`. */
  readonly name: string;
  readonly delayMs: number;
}

/** Through which they come back: to a service's own queues and to no other, whatever key they were given. */
export const returnExchangeOf = (service: string): string => `${service}.retry`;
export const retryExchangeOf = (service: string, { name }: Pick<RetryDelay, 'name'>): string =>
  `${returnExchangeOf(service)}.${name}`;

/** Enough to ride out a broker or database restart quickly and a longer outage without a person. */
export const DEFAULT_RETRY_DELAYS = '1s,5s,30s,2m,10m';

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** Longer, and an operator is who has to look. */
const MAX_DELAY_MS = 24 * UNIT_MS.h;

/**
 * Reads a ladder of delays such as `1s,5s,30s`: whole numbers with a unit, each once, at most a day.
 * @throws RangeError naming the entry that is wrong
 */
export function parseRetryDelays(text: string): readonly RetryDelay[] {
  const delays = text.split(',').map((entry) => parseDelay(entry.trim()));
  const twice = delays.find(({ name }, index) => delays.findIndex((each) => each.name === name) < index);
  if (twice !== undefined) throw new RangeError(`retry delay "${twice.name}" stands there twice`);
  return delays;
}

function parseDelay(name: string): RetryDelay {
  const [, count, unit] = /^([1-9]\d{0,5})(ms|s|m|h)$/.exec(name) ?? [];
  const delayMs = Number(count) * (UNIT_MS[unit as keyof typeof UNIT_MS] ?? Number.NaN);
  if (delayMs <= MAX_DELAY_MS) return { name, delayMs };
  throw new RangeError(
    `retry delay "${name}" is not a whole number with a unit (ms, s, m or h) up to 24h, such as 5s`,
  );
}
