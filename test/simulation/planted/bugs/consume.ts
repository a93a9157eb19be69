import type { Publisher } from '../../../../engine/batch/edges.ts';
import type { OutgoingMessage } from '../../../../engine/batch/messages.ts';
import type { Outcome } from '../../../../engine/batch/run.ts';
import type { Delivery } from '../../../../engine/consumer/rabbitmq-event.ts';
import type { deadLetterMessage, retryMessage } from '../../../../engine/consumer/settle.ts';
import type { Opened } from '../../../../engine/saga/envelope.ts';
import type { deadQueueOf } from '../../../../engine/saga/routes.ts';
import { bugsIn } from '../planter/bug.ts';

type DeadLetter = typeof deadLetterMessage;
type Retry = typeof retryMessage;
type DeadQueueOf = typeof deadQueueOf;
type Settle = (message: OutgoingMessage, why: string, publisher: Publisher) => Promise<void>;
type SettleOutcome = (
  delivery: Delivery,
  outcome: Outcome<{ readonly status: string }>,
  publisher: Publisher,
) => Promise<void>;
type Outcomes = readonly Outcome<{ readonly status: string }>[];
type Trace = (delivery: Delivery) => Readonly<Record<string, unknown>>;
type Base = (delivery: Delivery) => { readonly body: Buffer };
type OriginOf = (userId: unknown, header: string | undefined, own: string) => string;
type Headers = Readonly<Record<string, string | number>>;

/** How a message ends that was delivered: done, retried or a dead letter. */
export const consumeBugs = [
  ...bugsIn('engine/consumer/consume.ts', [
    {
      name: 'retry dropped',
      in: 'consume.settleOutcome',
      plant:
        (original: SettleOutcome): SettleOutcome =>
        async (delivery, outcome, publisher) => {
          if (outcome.kind !== 'failed') await original(delivery, outcome, publisher);
        },
    },
    {
      name: 'deadLetterQueues of what was refused dropped',
      in: 'consume.settleOutcome',
      plant:
        (original: SettleOutcome): SettleOutcome =>
        async (delivery, outcome, publisher) => {
          if (outcome.kind !== 'refused') await original(delivery, outcome, publisher);
        },
    },
    {
      name: 'deadLetterQueues of what cannot be read dropped',
      in: 'consume',
      at: { call: 'unreadable.map' },
      plant: () => [],
    },
    {
      name: 'deadLetterQueues not awaited',
      in: 'consume.settle',
      plant:
        (original: Settle): Settle =>
        async (message, why, publisher) => {
          original(message, why, publisher).catch(() => {});
        },
    },
    {
      name: 'one bad message fails its whole batch',
      in: 'open',
      at: { call: 'openGenuine' },
      plant: (original: () => Opened) => {
        const opened = original();
        if (!opened.ok) throw new Error(opened.reason);
        return opened;
      },
    },
    {
      name: 'a message that failed fails its whole batch',
      in: 'consume.settleOutcome',
      plant:
        (original: SettleOutcome): SettleOutcome =>
        async (delivery, outcome, publisher) => {
          if (outcome.kind === 'failed') throw outcome.error;
          await original(delivery, outcome, publisher);
        },
    },
    {
      name: 'retry of one message settles all',
      in: 'consume',
      at: { call: 'run' },
      plant: async (original: () => Promise<Outcomes>) => (await original()).slice(0, 1),
    },
    {
      name: 'what can never be handled is tried again',
      in: 'consume.settleOutcome',
      plant:
        (original: SettleOutcome): SettleOutcome =>
        (delivery, outcome, publisher) => {
          if (outcome.kind !== 'refused') return original(delivery, outcome, publisher);
          const { reason, record } = outcome;
          return original(delivery, { kind: 'failed', error: new Error(reason), record }, publisher);
        },
    },
    {
      name: 'a fault is a dead letter at once',
      in: 'consume.settleOutcome',
      plant:
        (original: SettleOutcome): SettleOutcome =>
        (delivery, outcome, publisher) => {
          if (outcome.kind !== 'failed') return original(delivery, outcome, publisher);
          const { error, record } = outcome;
          return original(delivery, { kind: 'refused', reason: error.message, record }, publisher);
        },
    },
  ]),
  ...bugsIn('engine/consumer/troubles.ts', [
    {
      name: 'what failed noted only where nothing is noted',
      in: 'Troubles.#keep',
      at: { member: 'expects' },
      plant: () => 'absent',
    },
  ]),
  ...bugsIn('engine/consumer/settle.ts', [
    {
      name: 'retry counts no attempts',
      in: 'trace',
      plant:
        (original: Trace): Trace =>
        (delivery) =>
          original({ ...delivery, attempts: delivery.attempts - 1 }),
    },
    {
      name: 'a retry comes back to the first of several queues',
      in: 'retryMessage',
      plant:
        (original: Retry): Retry =>
        (service, delivery, ...rest) =>
          original(service, { ...delivery, queue: delivery.queue.replace(/\.\d+$/, '.0') }, ...rest),
    },
    {
      name: 'who put a message aside taken for who sent it',
      in: 'trace',
      plant:
        (original: Trace): Trace =>
        (delivery) =>
          original({ ...delivery, origin: delivery.queue }),
    },
    {
      name: 'body of a dead letter cut',
      in: 'base',
      plant:
        (original: Base): Base =>
        (delivery) =>
          original({ ...delivery, body: delivery.body.subarray(0, 100) }),
    },
    {
      name: 'retried without a pause',
      in: 'retryMessage',
      plant:
        (original: Retry): Retry =>
        (...about) => {
          const message = original(...about);
          return message.expirationMs === undefined ? message : { ...message, exchange: '' };
        },
    },
    {
      name: 'retried after the first delay each time',
      in: 'retryMessage',
      plant:
        (original: Retry): Retry =>
        (service, delivery, error, delays) =>
          original(
            service,
            delivery,
            error,
            Array.from({ length: delivery.attempts + 1 }, () => delays.slice(0, 1)).flat(),
          ),
    },
    {
      name: 'given up after one attempt',
      in: 'retryMessage',
      plant:
        (original: Retry): Retry =>
        (service, delivery, error, delays) =>
          original(service, delivery, error, delays.slice(0, 1)),
    },
    {
      name: 'a dead letter at the first failure',
      in: 'retryMessage',
      plant:
        (original: Retry): Retry =>
        (service, delivery, error) =>
          original(service, delivery, error, []),
    },
    {
      name: 'a retry waits ten times as long',
      in: 'retryMessage',
      plant:
        (original: Retry): Retry =>
        (...about) => {
          const message = original(...about);
          if (message.expirationMs === undefined) return message;
          return { ...message, expirationMs: 10 * message.expirationMs };
        },
    },
    {
      name: 'a dead letter without a reason',
      in: 'deadLetterMessage',
      plant:
        (original: DeadLetter, { REASON_HEADER }: { REASON_HEADER: string }): DeadLetter =>
        (...about) => {
          const message = original(...about);
          const { [REASON_HEADER]: _, ...headers }: Headers = message.headers ?? {};
          return { ...message, headers };
        },
    },
    {
      name: 'a dead letter in the queue of another service',
      in: 'deadLetterMessage',
      plant:
        (original: DeadLetter, { deadQueueOf }: { readonly deadQueueOf: DeadQueueOf }): DeadLetter =>
        (service, ...about) => {
          const message = original(service, ...about);
          return service === 'payment' ? { ...message, routingKey: deadQueueOf('order') } : message;
        },
    },
  ]),
  ...bugsIn('engine/consumer/rabbitmq-event.ts', [
    {
      name: 'what comes back from a delay taken for its consumer’s own',
      in: 'originOf',
      plant:
        (original: OriginOf): OriginOf =>
        (userId, _, own) =>
          original(userId, undefined, own),
    },
    {
      name: 'what comes too often is tried again',
      in: 'returnsOf',
      plant: () => () => 0,
    },
    {
      name: 'the header that names the first publisher believed from anyone',
      in: 'originOf',
      plant:
        (original: OriginOf): OriginOf =>
        (_, header, own) =>
          original(header === undefined ? _ : own, header, own),
    },
  ]),
];
