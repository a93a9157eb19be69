import { backoffMs, pause } from './backoff.ts';
import { describeBrokerFailure } from './broker-failure.ts';
import { type BrokerSession, type Consumption, openSession } from './broker-session.ts';
import { Counters } from './counters.ts';
import { Dispatcher } from './dispatcher.ts';
import type { Invoke } from './invoke.ts';
import type { Log } from './log.ts';
import type { Mapping } from './settings.ts';

const firstReconnectMs = 100;
const highestReconnectMs = 5_000;
const repeatFailureAfterMs = 60_000;

// What AMQP can express. https://www.rabbitmq.com/docs/consumer-prefetch
const highestPrefetch = 65_535;

/** Keeps one mapping consuming, through every loss of its connection, until it is stopped. */
export class Subscription {
  readonly #consumption: Consumption;
  readonly #dispatcher: Dispatcher;
  readonly #counters: Counters;
  readonly #log: Log;
  readonly #stopping = new AbortController();
  readonly #ended: Promise<void>;
  #session: BrokerSession | undefined;
  #failuresInARow = 0;
  #lastFailure = '';
  #lastFailureAtMs = 0;

  constructor(mapping: Mapping, brokerUrl: string, invoke: Invoke, log: Log) {
    const { functionName, queue, virtualHost } = mapping;
    const name = `${queue}::${virtualHost} → ${functionName}`;
    this.#log = {
      error: (line) => log.error(`${name}: ${line}`),
      info: (line) => log.info(`${name}: ${line}`),
      debug: (line) => log.debug(`${name}: ${line}`),
    };
    // One batch runs while the next one gathers.
    const prefetch = Math.min(highestPrefetch, mapping.batchSize * (mapping.concurrency + 1));
    this.#consumption = { brokerUrl, virtualHost, queue, prefetch, connectionName: `event source: ${name}` };
    this.#counters = new Counters(name, log);
    this.#dispatcher = new Dispatcher(mapping, invoke, this.#log, this.#counters);
    this.#ended = this.#keepConsuming();
  }

  /** Consumes no more, awaits what runs, acknowledges it, and gives the rest back to the queue. */
  async stop(): Promise<void> {
    const drained = this.#dispatcher.stop();
    await this.#session?.cancel();
    await drained;
    this.#stopping.abort();
    await this.#session?.close();
    await this.#ended;
    this.#counters.close();
  }

  async #keepConsuming(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const failure = await this.#consumeOnce();
      if (this.#stopping.signal.aborted) return;
      this.#failuresInARow += 1;
      this.#report(failure);
      await pause(
        backoffMs(this.#failuresInARow, firstReconnectMs, highestReconnectMs),
        this.#stopping.signal,
      );
    }
  }

  async #consumeOnce(): Promise<Error> {
    let session: BrokerSession;
    try {
      session = await openSession(this.#consumption, this.#dispatcher);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
    this.#session = session;
    this.#failuresInARow = 0;
    this.#lastFailure = '';
    this.#log.info('consuming');
    // The stop may have come while the connection was being opened.
    if (this.#stopping.signal.aborted) await session.close();
    const failure = await session.ended;
    this.#session = undefined;
    await session.close();
    return failure;
  }

  /** The same failure again and again is one line a minute. */
  #report(failure: Error): void {
    const line = describeBrokerFailure(failure, this.#consumption);
    const now = performance.now();
    if (line === this.#lastFailure && now - this.#lastFailureAtMs < repeatFailureAfterMs) return;
    this.#lastFailure = line;
    this.#lastFailureAtMs = now;
    this.#log.error(`${line}; trying again`);
  }
}
