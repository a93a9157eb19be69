import type { Service } from '../saga/choreography.ts';
import type { Fact } from '../saga/events.ts';
import type { RetryDelay } from '../saga/routes.ts';
import type { Edges } from './edges.ts';
import { type Outcome, run } from './engine.ts';
import { isDebugging, log } from './log.ts';
import { Memory } from './memory.ts';
import type { OutgoingMessage } from './messages.ts';
import { openGenuine } from './origin.ts';
import type { Participant, Work } from './participant.ts';
import { type Delivery, deliveriesOf, type RabbitMqEvent } from './rabbitmq-event.ts';
import { parkMessage, retryMessage } from './settle.ts';

interface Received<Input> {
  readonly delivery: Delivery;
  readonly work: Work<Input>;
}

/**
 * A participant's queue consumer. It returns, and so has the batch acknowledged, once every message is settled:
 * done and its events confirmed, or confirmed in a delay queue or the parking queue. It throws, and so has
 * the whole batch delivered again, only when not even that can be published.
 */
export function participate<
  State extends { readonly status: string },
  Input extends { readonly type: string },
  Effect,
>(
  participant: Participant<State, Input | Fact, Effect>,
  edges: Edges,
  retryDelays: readonly RetryDelay[],
): (event: RabbitMqEvent) => Promise<void> {
  const { service } = participant;
  const memory = new Memory();

  const settle = async (message: OutgoingMessage, why: string): Promise<void> => {
    log('warn', 'message not handled', {
      service,
      messageId: message.messageId,
      to: message.routingKey,
      why,
    });
    await edges.publisher.publish(message);
  };

  const settleOutcome = async (delivery: Delivery, outcome: Outcome<State>): Promise<void> => {
    switch (outcome.kind) {
      case 'done':
      case 'ignored':
        return;
      case 'refused':
        return await settle(parkMessage(service, delivery, outcome.reason), outcome.reason);
      case 'failed':
        return await settle(
          retryMessage(service, delivery, outcome.error, retryDelays),
          outcome.error.message,
        );
      default:
        return outcome satisfies never;
    }
  };

  return async (event) => {
    const received: Received<Input | Fact>[] = [];
    const unreadable: { readonly delivery: Delivery; readonly reason: string }[] = [];
    for (const delivery of deliveriesOf(event, edges.userOf(service))) {
      const opened = openGenuine(delivery, edges.userOf);
      if (opened.ok) {
        const { subject, traceparent } = opened.event;
        received.push({ delivery, work: { orderId: subject, input: opened.event, traceparent } });
      } else unreadable.push({ delivery, reason: opened.reason });
    }
    const outcomes = await run(
      participant,
      received.map(({ work }) => work),
      edges,
      memory,
    );
    if (isDebugging) tell(service, received, outcomes);
    await Promise.all([
      ...unreadable.map(({ delivery, reason }) => settle(parkMessage(service, delivery, reason), reason)),
      ...received.map(({ delivery }, index) => {
        const outcome = outcomes[index];
        return outcome === undefined ? undefined : settleOutcome(delivery, outcome);
      }),
    ]);
  };
}

function tell(
  service: Service,
  received: readonly Received<{ readonly type: string }>[],
  outcomes: readonly Outcome<{ readonly status: string }>[],
): void {
  for (const [index, { work }] of received.entries()) {
    log('debug', 'message handled', {
      service,
      orderId: work.orderId,
      type: work.input.type,
      outcome: outcomes[index]?.kind,
      status: outcomes[index]?.record?.state.status,
    });
  }
}
