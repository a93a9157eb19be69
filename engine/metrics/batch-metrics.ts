import { callName } from '../batch/call-name.ts';
import { Deferred } from '../batch/deferred.ts';
import type { Publisher } from '../batch/edges.ts';
import type { Participant, Work } from '../batch/participant.ts';
import type { Outcome } from '../batch/run.ts';
import { deadLetterExchangeOf } from '../saga/routes.ts';
import type { Saga } from '../saga/saga.ts';
import type { Metric } from './emf.ts';
import { count, sagaDurations, stepLatencies } from './measures.ts';
import { isMeasured, writeMetrics } from './metrics.ts';
import { newDeadLetters, outside, redeliveries } from './names.ts';

/** A batch that is settled. `redelivered`: how many of its messages had come before. */
interface Settled {
  readonly works: readonly Work<{ readonly type: string }>[];
  readonly outcomes: readonly Outcome<{ readonly status: string }>[];
  readonly redelivered: number;
}

type Place = { readonly saga: Saga; readonly service: string };

/** What is measured of one batch. It writes one line at most, and none of a batch that is not settled: that comes again. */
export interface BatchMetrics {
  /** The publisher, whose dead letters are counted once they are confirmed. */
  counting(publisher: Publisher): Publisher;
  /** The participant, whose calls to the outside are timed. */
  timing<State extends { readonly status: string }, Input extends { readonly type: string }, Effect>(
    participant: Participant<State, Input, Effect>,
  ): Participant<State, Input, Effect>;
  write(settled: Settled): void;
}

/** Begins to measure a batch, where the setting asks for it. `now`: milliseconds since 1970. */
export const batchMetrics = (place: Place, now: () => number): BatchMetrics =>
  isMeasured('all') ? new Measuring(place, now) : nothing;

const nothing: BatchMetrics = {
  counting: (publisher) => publisher,
  timing: (participant) => participant,
  write: () => {},
};

class Measuring implements BatchMetrics {
  readonly #saga: Saga;
  readonly #service: string;
  readonly #now: () => number;
  readonly #beganMs: number;
  readonly #calls = new Map<string, Metric & { readonly values: number[] }>();
  #deadLetters = 0;

  constructor({ saga, service }: Place, now: () => number) {
    this.#saga = saga;
    this.#service = service;
    this.#now = now;
    this.#beganMs = now();
  }

  counting(publisher: Publisher): Publisher {
    const exchange = deadLetterExchangeOf(this.#service);
    return {
      publish: async (message) => {
        await publisher.publish(message);
        if (message.exchange === exchange) this.#deadLetters += 1;
      },
    };
  }

  timing<State extends { readonly status: string }, Input extends { readonly type: string }, Effect>(
    participant: Participant<State, Input, Effect>,
  ): Participant<State, Input, Effect> {
    const { perform } = participant;
    if (perform === undefined) return participant;
    return {
      ...participant,
      perform: async (sagaId, effect, traceparent) => {
        const beganMs = performance.now();
        const took = (answer: string) =>
          this.#took(outside(callName(effect), answer), performance.now() - beganMs);
        try {
          const answer = await perform(sagaId, effect, traceparent);
          took(answer.type);
          return answer;
        } catch (error) {
          took(error instanceof Deferred ? 'deferred' : 'failed');
          throw error;
        }
      },
    };
  }

  #took(metric: Metric, ms: number): void {
    const known = this.#calls.get(metric.name) ?? { ...metric, values: [] };
    known.values.push(Math.round(ms));
    this.#calls.set(metric.name, known);
  }

  write({ works, outcomes, redelivered }: Settled): void {
    const endedMs = this.#now();
    const span = { beganMs: this.#beganMs, endedMs };
    writeMetrics(this.#service, endedMs, [
      stepLatencies(works, outcomes, span),
      ...(this.#service === this.#saga.initiator ? sagaDurations(outcomes, span) : []),
      count(redeliveries, redelivered),
      count(newDeadLetters, this.#deadLetters),
      ...this.#calls.values(),
    ]);
  }
}
