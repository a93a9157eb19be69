import type { Edges, Publisher } from '../batch/edges.ts';
import { Memory } from '../batch/memory.ts';
import type { OutgoingMessage } from '../batch/messages.ts';
import type { Participant, Work } from '../batch/participant.ts';
import { type Outcome, run } from '../batch/run.ts';
import { log, loggingInvocations } from '../environment/log.ts';
import { batchMetrics } from '../metrics/batch-metrics.ts';
import { traceIdIn } from '../saga/envelope.ts';
import type { RetryDelay } from '../saga/routes.ts';
import type { Saga } from '../saga/saga.ts';
import { BatchSpans } from '../tracing/batch-spans.ts';
import { flushSpans, isTracing } from '../tracing/tracing.ts';
import { watchedCalls } from '../tracing/watched-calls.ts';
import { aboutIn } from './about.ts';
import { tellOfImpasse } from './impasse.ts';
import { openGenuine } from './origin.ts';
import { type Delivered, type Delivery, deliveriesOf, type RabbitMqEvent } from './rabbitmq-event.ts';
import { deadLetterMessage, deferredMessage, MAX_RETURNS, putAside, retryMessage } from './settle.ts';
import { Troubles } from './troubles.ts';
import { waitingOutAlarms } from './wait-out-alarm.ts';

interface Received<Input> {
  readonly delivery: Delivery;
  readonly work: Work<Input>;
}

/** The part of Lambda's context that is used. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
interface Invocation {
  readonly getRemainingTimeInMillis?: () => number;
}

/** The functions' timeout in serverless.yml, for a caller that tells no other. */
const TIMEOUT_MS = 29_000;

/**
 * A participant's queue consumer. It returns once every message is settled, and Lambda then acknowledges the batch. A
 * message is settled when its events are confirmed, or when it is confirmed in a delay queue or the dead-letter queue.
 * The consumer throws only if that publication fails too, and the whole batch is then delivered again. It ends before
 * the function's timeout: what cannot be begun in time is deferred, which counts no attempt. Copies share an outcome,
 * but each is settled by itself, with its own attempts: none is tried less often than if it had come alone.
 *
 * What ends the function can say nothing, so the broker's count of its deliveries speaks for it: past MAX_RETURNS it is
 * not tried at once, but has failed an attempt. While nothing can be published that fails too, and so counts nothing.
 */
export function consume<
  State extends { readonly status: string },
  Input extends { readonly type: string },
  Effect,
>(
  participant: Participant<State, Input, Effect>,
  edges: Edges,
  retryDelays: readonly RetryDelay[],
): (event: RabbitMqEvent, invocation?: Invocation) => Promise<void> {
  const { saga, service } = participant;
  const calling = watchedCalls(participant);
  const memory = new Memory();
  const troubles = new Troubles(participant, edges, retryDelays);

  const settle = async (message: OutgoingMessage, why: string, publisher: Publisher): Promise<void> => {
    tellNotHandled(participant, message, why);
    await publisher.publish(message);
  };

  const settleOutcome = async (
    delivery: Delivery,
    outcome: Outcome<State>,
    publisher: Publisher,
  ): Promise<void> => {
    switch (outcome.kind) {
      case 'done':
        // Again whenever the schedule asks, as long as nobody has settled it.
        return tellOfImpasse(participant, outcome.record, edges.now());
      case 'ignored':
        return;
      case 'refused':
        return await settle(deadLetterMessage(service, delivery, outcome.reason), outcome.reason, publisher);
      case 'deferred':
        return await publisher.publish(deferredMessage(service, delivery, outcome.afterMs, retryDelays));
      case 'failed':
        return await settle(
          retryMessage(service, delivery, outcome.error, retryDelays),
          outcome.error.message,
          publisher,
        );
      default:
        return outcome satisfies never;
    }
  };

  const handle = async (event: RabbitMqEvent, invocation?: Invocation): Promise<void> => {
    const deadlineMs = edges.now() + (invocation?.getRemainingTimeInMillis?.() ?? TIMEOUT_MS);
    const leftMs = () => deadlineMs - edges.now();
    const metrics = batchMetrics(participant, edges.now);
    const publisher = metrics.counting(waitingOutAlarms(edges.publisher, leftMs));
    const deliveries = deliveriesOf(event, edges.userOf(service));
    const { received, unreadable, tooOften } = open<Input>(saga, deliveries, edges);
    const aside = putAside(service, tooOften, retryDelays);
    const works = received.map(({ work }) => work);
    const settleAll = (outcomes: readonly Outcome<State>[]) =>
      Promise.all([
        ...aside.map((message) => settle(message, 'it came too often', publisher)),
        ...unreadable.map(({ delivery, reason }) =>
          settle(deadLetterMessage(service, delivery, reason), reason, publisher),
        ),
        ...received.map(({ delivery }, index) => {
          const outcome = outcomes[index];
          return outcome === undefined ? undefined : settleOutcome(delivery, outcome, publisher);
        }),
      ]);
    const spans = isTracing ? await BatchSpans.of(participant, 'process', works) : undefined;
    try {
      const traced = spans?.within(works) ?? works;
      const timed = metrics.timing(calling);
      const outcomes = await run(timed, traced, { ...edges, publisher }, memory, deadlineMs);
      tellDeferred(service, outcomes);
      tell(participant, received, outcomes);
      await settleAll(outcomes);
      spans?.end(outcomes);
      metrics.write({ works, outcomes, redelivered: deliveries.filter(hasComeBefore).length });
      // Last of all, so that nothing waits for it and nothing is lost with it.
      await troubles.note({ unreadable, aside, received, outcomes }, leftMs());
    } catch (error) {
      spans?.fail(error);
      throw error;
    } finally {
      if (isTracing) await flushSpans(leftMs());
    }
  };
  return loggingInvocations(handle);
}

/** From a delay queue, or since its batch was not settled. What was only deferred has no attempt counted. */
const hasComeBefore = ({ attempts, returns }: Delivered): boolean => attempts > 0 || returns > 0;

/** What can be handled, what never can, and what came too often to be tried at once. */
function open<Input>(saga: Saga, deliveries: readonly Delivered[], { userOf }: Pick<Edges, 'userOf'>) {
  const received: Received<Input>[] = [];
  const unreadable: { readonly delivery: Delivery; readonly reason: string }[] = [];
  const tooOften: Delivered[] = [];
  for (const delivery of deliveries) {
    if (delivery.returns >= MAX_RETURNS) {
      tooOften.push(delivery);
      continue;
    }
    const opened = openGenuine(saga, delivery, userOf);
    if (opened.ok) {
      const { subject, traceparent } = opened.event;
      // Any event that passes the saga's schemas is a valid input of its participants.
      const input: unknown = opened.event;
      const message = delivery.body.toString('latin1');
      received.push({ delivery, work: { sagaId: subject, input: input as Input, traceparent, message } });
    } else unreadable.push({ delivery, reason: opened.reason });
  }
  return { received, unreadable, tooOften };
}

function tellNotHandled(
  { saga, service }: { readonly saga: Saga; readonly service: string },
  message: OutgoingMessage,
  why: string,
): void {
  const { messageId, routingKey: to } = message;
  log('warn', 'message not handled', { service, ...aboutIn(saga, message), messageId, to, why });
}

/** One line a batch: thousands of messages may be deferred. */
function tellDeferred(service: string, outcomes: readonly Outcome<unknown>[]): void {
  const waits = outcomes.flatMap((outcome) => (outcome.kind === 'deferred' ? [outcome.afterMs] : []));
  if (waits.length === 0) return;
  log('info', 'messages deferred', {
    service,
    deferred: waits.length,
    afterMs: Math.round(Math.max(...waits)),
  });
}

function tell(
  { saga, service }: { readonly saga: Saga; readonly service: string },
  received: readonly Received<{ readonly type: string }>[],
  outcomes: readonly Outcome<{ readonly status: string }>[],
): void {
  for (const [index, { work }] of received.entries()) {
    log('debug', 'message handled', {
      service,
      [saga.id.name]: work.sagaId,
      traceId: traceIdIn(work.traceparent),
      type: work.input.type,
      outcome: outcomes[index]?.kind,
      status: outcomes[index]?.record?.state.status,
    });
  }
}
