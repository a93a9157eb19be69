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
// A broker may accept a connection and close it at once.
const steadySessionMs = 5_000;

/** Keeps one mapping consuming until it is stopped. Reconnects after every loss. */
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
    this.#counters = new Counters(name, log);
    this.#dispatcher = new Dispatcher(mapping, invoke, this.#log, this.#counters);
    const { prefetch } = this.#dispatcher;
    this.#consumption = { brokerUrl, virtualHost, queue, prefetch, connectionName: `event source: ${name}` };
    this.#ended = this.#keepConsuming();
  }

  /** Stops consuming, awaits and acknowledges the running invocations, and returns the rest to the queue. */
  async stop(): Promise<void> {
    // A connection lost from now on is not reopened: nothing would handle its messages.
    this.#stopping.abort();
    const drained = this.#dispatcher.stop();
    await this.#session?.cancel();
    await drained;
    await this.#session?.close();
    await this.#ended;
    this.#counters.close();
  }

  async #keepConsuming(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const failure = await this.#consumeOnce(signal);
      if (signal.aborted) return;
      this.#failuresInARow += 1;
      this.#report(failure);
      await pause(backoffMs(this.#failuresInARow, firstReconnectMs, highestReconnectMs), signal);
    }
  }

  async #consumeOnce(signal: AbortSignal): Promise<Error> {
    let session: BrokerSession;
    try {
      session = await openSession(this.#consumption, this.#dispatcher, signal);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
    this.#session = session;
    const consumingSinceMs = performance.now();
    this.#log.info('consuming');
    // A stop at the moment of opening did not see this session.
    if (signal.aborted) await session.close();
    const failure = await session.ended;
    this.#session = undefined;
    if (performance.now() - consumingSinceMs >= steadySessionMs) this.#forgetFailures();
    await session.close();
    return failure;
  }

  #forgetFailures(): void {
    this.#failuresInARow = 0;
    this.#lastFailure = '';
  }

  /** Reports a repeated failure once a minute. */
  #report(failure: Error): void {
    const line = describeBrokerFailure(failure, this.#consumption);
    const now = performance.now();
    if (line === this.#lastFailure && now - this.#lastFailureAtMs < repeatFailureAfterMs) return;
    this.#lastFailure = line;
    this.#lastFailureAtMs = now;
    this.#log.error(`${line}; trying again`);
  }
}
