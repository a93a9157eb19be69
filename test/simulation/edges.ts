import Stripe from 'stripe';
import type { StripeCalls } from '../../functions/payment/provider.ts';
import type { Edges } from '../../functions/runtime/edges.ts';
import type { OutgoingMessage } from '../../functions/runtime/messages.ts';
import type { Parked, Parking } from '../../functions/runtime/parking.ts';
import { PublishError, UnroutableError } from '../../functions/runtime/publish-error.ts';
import { ATTEMPTS_HEADER } from '../../functions/runtime/rabbitmq-event.ts';
import { ERROR_HEADER, REASON_HEADER } from '../../functions/runtime/settle.ts';
import {
  type Refusal,
  StoreUnavailableError,
  type Write,
  type WriteResult,
} from '../../functions/runtime/store.ts';
import type { Service } from '../../functions/saga/choreography.ts';
import { deadQueueOf } from '../../functions/saga/routes.ts';
import type { Invocation } from './invocation.ts';
import type { Simulation } from './simulation.ts';
import type { Arrival, Message } from './world/broker.ts';
import type { ChargeRequest } from './world/provider.ts';

/** Where a function runs: one invocation at a time, on a clock that may be wrong. */
export interface Environment {
  readonly service: Service;
  readonly skewMs: number;
  invocation: Invocation | undefined;
}

const unavailable = (): never => {
  throw new StoreUnavailableError('the table does not answer');
};

/** The edges of one environment, each call of which the scheduler decides on. */
export function edgesOf(simulation: Simulation, environment: Environment): Edges {
  const { world, checker } = simulation;
  const { service } = environment;
  const table = world.tables[service];

  const apply = (writes: readonly Write[], invocation: Invocation | undefined): WriteResult => {
    const before = checker.beforeWrite(service, writes);
    const result = table.write(writes);
    if (result.ok) checker.wrote(service, writes, before, invocation);
    return result;
  };

  return {
    now: () => world.clock.nowMs + environment.skewMs,
    store: {
      // DynamoDB is not asked for nothing.
      read: (keys) =>
        keys.length === 0
          ? Promise.resolve(new Map())
          : simulation.call(environment.invocation, {
              kind: 'read',
              about: () => keys.join(' '),
              effect: () => table.read(keys),
              instead: { throttled: unavailable },
            }),
      write: (writes) => {
        const { invocation } = environment;
        return simulation.call(invocation, {
          kind: 'write',
          about: () => writes.map(describeWrite).join(', '),
          effect: () => apply(writes, invocation),
          instead: {
            throttled: unavailable,
            'answer-lost': () => {
              apply(writes, invocation);
              return unavailable();
            },
            conflict: () => conflictOf(writes, simulation.detail(1)),
          },
        });
      },
      query: (query) =>
        simulation.call(environment.invocation, {
          kind: 'query',
          about: () => `${query.index} ${query.partition.join('=')}`,
          effect: () => table.query(query),
          instead: { throttled: unavailable, 'index-lag': () => table.query(query, true) },
        }),
    },
    publisher: { publish: (message) => publish(simulation, environment.invocation, message) },
  };
}

function describeWrite(write: Write): string {
  if (write.kind === 'add')
    return `${write.key} ${write.attribute} ${write.delta > 0 ? '+' : ''}${write.delta}`;
  const { item, expects } = write;
  return `${item.pk} ${typeof item.status === 'string' ? item.status : ''} over ${typeof expects === 'object' ? `version ${expects.version}` : expects}`;
}

/** Some of the writes met a transaction of somebody else's; which ones is no matter of order. */
function conflictOf(writes: readonly Write[], draw: number): WriteResult {
  const loser = Math.floor(draw * writes.length);
  const refusals = writes.map((_, index): Refusal | undefined =>
    index === loser || (draw * 977) % 1 > 0.8 ? { cause: 'conflict' } : undefined,
  );
  return { ok: false, refusals };
}

function publish(
  simulation: Simulation,
  invocation: Invocation | undefined,
  message: OutgoingMessage,
): Promise<void> {
  const { world, checker, coverage } = simulation;
  const send = (arrival: Arrival = 'in order'): void => {
    checker.publishing(message, invocation);
    const queues = world.broker.publish(message, arrival);
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

/** The parking queues, as seen over one connection of an environment. */
export const parkingOf = (simulation: Simulation, environment: Environment): Parking => ({
  visit: async (service, max, look) => {
    const { world, checker } = simulation;
    const { invocation } = environment;
    const queue = deadQueueOf(service);
    let held: Message[] = [];
    const removed = new Set<Message>();
    const giveBack = (messages: readonly Message[]) => {
      world.broker.putBack(queue, messages);
      held = [];
    };
    invocation?.onCrash.push(() => {
      checker.unparked([...removed], invocation);
      giveBack(held.filter((message) => !removed.has(message)));
    });
    await simulation.call(invocation, {
      kind: 'visit',
      about: () => queue,
      effect: () => {
        held = world.broker.take(queue, max);
      },
      instead: {
        refused: () => {
          throw new PublishError('the parking queue cannot be read');
        },
      },
    });
    const leave = () =>
      simulation.call(invocation, {
        kind: 'leave',
        about: () => `${queue}, ${removed.size} of ${held.length} removed`,
        effect: () => {
          checker.unparked([...removed], invocation);
          giveBack(held.filter((message) => !removed.has(message)));
        },
        // The connection is lost before the acknowledgements arrive.
        instead: { 'removal-lost': () => giveBack(held) },
      });
    try {
      return await look(held.map((message) => parked(message, () => removed.add(message))));
    } finally {
      await leave();
    }
  },
});

function parked({ body, messageId, type, contentType, headers }: Message, remove: () => void): Parked {
  const attempts = headers[ATTEMPTS_HEADER];
  const text = (name: string) => (typeof headers[name] === 'string' ? headers[name] : undefined);
  const death = text('x-first-death-reason');
  return {
    delivery: {
      body: Buffer.from(body),
      messageId,
      type,
      contentType,
      attempts: typeof attempts === 'number' ? attempts : 0,
    },
    reason:
      text(REASON_HEADER) ?? (death === undefined ? 'without a reason' : `put aside by the broker: ${death}`),
    lastError: text(ERROR_HEADER),
    remove,
  };
}

const unreachable = (): never => {
  throw new Stripe.errors.StripeConnectionError({ type: 'api_error', message: 'The request timed out.' });
};
const down = (): never => {
  throw new Stripe.errors.StripeAPIError({ type: 'api_error', message: 'Service unavailable.' });
};

/** Stripe's client, as far as it is used, in front of the simulated provider. */
export function stripeOf(simulation: Simulation, environment: Environment): StripeCalls {
  const { world, checker } = simulation;
  const { provider } = world;
  const call = <T>(options: Parameters<typeof simulation.call<T>>[1]) => {
    const { invocation } = environment;
    return simulation.call<T>(invocation, {
      ...options,
      effect: () => withAftermath(options.effect, invocation),
      instead: { unreachable, unavailable: down, ...options.instead },
    });
  };
  const answerLost = (effect: () => unknown) => () => {
    effect();
    return unreachable();
  };
  return {
    paymentIntents: {
      create: (
        { amount, currency, payment_method: paymentMethod, metadata }: Params,
        { idempotencyKey: key }: Key,
      ) => {
        const request: ChargeRequest = { amount, currency, paymentMethod, orderId: metadata.orderId };
        checker.asking('charge', request.orderId);
        const charge = (trouble?: 'error before effect' | 'error after effect') => {
          try {
            return provider.charge(request, key, { lag: simulation.detail(3), trouble });
          } finally {
            checker.moneyMoved(request.orderId);
          }
        };
        return call({
          kind: 'charge',
          about: () => `${amount} under ${key}`,
          effect: () => charge(),
          instead: {
            'answer-lost': answerLost(() => charge()),
            'error-kept': () => charge('error before effect'),
            'error-kept-after-effect': () => charge('error after effect'),
          },
        });
      },
      search: ({ query }: { readonly query: string }) => {
        const orderId = query.split("'").at(-2) ?? '';
        return call({
          kind: 'search',
          about: () => orderId,
          effect: () => ({ data: provider.search(orderId) }),
        });
      },
    },
    refunds: {
      create: ({ payment_intent: intentId, metadata }: RefundParams, { idempotencyKey: key }: Key) => {
        checker.asking('refund', metadata.orderId);
        const refund = (outcome?: Parameters<typeof provider.refund>[2]) => {
          try {
            return provider.refund(intentId, key, outcome);
          } finally {
            checker.moneyMoved(metadata.orderId);
          }
        };
        return call({
          kind: 'refund',
          about: () => `${intentId} under ${key}`,
          effect: () => refund(),
          instead: {
            'answer-lost': answerLost(() => refund()),
            'error-kept': () => refund('error before effect'),
            'bank-refuses': () => refund('failed'),
            pending: () => refund('pending'),
          },
        });
      },
      list: ({ payment_intent: intentId }: { readonly payment_intent: string }) =>
        call({
          kind: 'refunds',
          about: () => intentId,
          effect: () => ({ data: provider.refundsOf(intentId) }),
        }),
    },
  } as unknown as StripeCalls;
}

/** An error that a key has kept, or a refund that has failed, goes on being a fault. */
function withAftermath<T>(effect: () => T, invocation: Invocation | undefined): T {
  let isFine = false;
  try {
    const answer = effect();
    isFine = (answer as { readonly status?: string }).status !== 'failed';
    return answer;
  } finally {
    if (!isFine && invocation !== undefined) invocation.faults += 1;
  }
}

interface Params {
  readonly amount: number;
  readonly currency: string;
  readonly payment_method: string;
  readonly metadata: { readonly orderId: string };
}

interface RefundParams {
  readonly payment_intent: string;
  readonly metadata: { readonly orderId: string };
}

interface Key {
  readonly idempotencyKey: string;
}
