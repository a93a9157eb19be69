import type { Edges } from '../../engine/batch/edges.ts';
import type { OutgoingMessage } from '../../engine/batch/messages.ts';
import { PublishError, UnroutableError } from '../../engine/batch/publish-error.ts';
import { storeOf } from './dynamodb.ts';
import type { Environment } from './environment.ts';
import type { Simulation } from './simulation.ts';
import type { Arrival } from './world/broker.ts';

/** The edges of one environment, each call of which the scheduler decides on. */
export const edgesOf = (simulation: Simulation, environment: Environment): Edges => ({
  now: () => simulation.world.clock.nowMs + environment.skewMs,
  userOf: (each) => each,
  store: storeOf(simulation, environment),
  publisher: { publish: (message) => publish(simulation, environment, message) },
});

function publish(
  simulation: Simulation,
  { service, invocation }: Environment,
  message: OutgoingMessage,
): Promise<void> {
  const { world, checker, coverage } = simulation;
  const send = (arrival: Arrival = 'in order'): void => {
    checker.publishing(message, invocation);
    const queues = world.broker.publish(message, service, arrival);
    if (queues.length === 0 && message.mandatory) {
      if (invocation !== undefined) invocation.faults += 1;
      coverage.count('unroutable');
      throw new UnroutableError(`no queue takes ${message.routingKey}`);
    }
    checker.published(message, invocation);
  };
  return simulation.call(invocation, {
    kind: 'publish',
    about: () => `${message.messageId} to ${message.exchange || message.routingKey}`,
    effect: () => send(),
    instead: {
      refused: () => {
        throw new PublishError('the broker refused it');
      },
      'answer-lost': () => {
        send();
        throw new PublishError('the connection was lost');
      },
      duplicated: () => send('twice'),
      reordered: () => send('ahead of others'),
      delayed: () => send({ lateByMs: Math.round(simulation.detail(2) ** 4 * 20 * 60_000) }),
    },
  });
}
