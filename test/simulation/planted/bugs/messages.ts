// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are pieces of the product's code
import type { Bug } from './bug.ts';

export const messagesBugs: readonly Bug[] = [
  {
    name: 'mandatory dropped',
    file: 'engine/batch/messages.ts',
    find: "mandatory: kindOf(type) !== 'outcome',",
    replace: 'mandatory: false,',
  },
  {
    name: 'retry dropped',
    file: 'engine/consumer/consume.ts',
    find: "      case 'failed':\n",
    replace: "      case 'failed':\n        return;\n      case 'never' as never:\n",
  },
  {
    name: 'retry counts no attempts',
    file: 'engine/consumer/settle.ts',
    find: '[ATTEMPTS_HEADER]: attempts + 1,',
    replace: '[ATTEMPTS_HEADER]: attempts,',
  },
  {
    name: 'parking of what cannot be read dropped',
    file: 'engine/consumer/consume.ts',
    find: '...unreadable.map(',
    replace: '...unreadable.slice(1).map(',
  },
  {
    name: 'parking of what was refused dropped',
    file: 'engine/consumer/consume.ts',
    find: "      case 'refused':\n",
    replace: "      case 'refused':\n        return;\n      case 'never' as never:\n",
  },
  {
    name: 'redrive removes and does not publish',
    file: 'engine/dead-letters/redrive.ts',
    find: '  await publisher.publish({',
    replace: '  if (remove === undefined) await publisher.publish({',
  },
  {
    name: 'retried without a pause',
    file: 'engine/consumer/settle.ts',
    find: 'exchange: retryExchangeOf(service, delay),',
    replace: "exchange: '',",
  },
  {
    name: 'retried after the first delay each time',
    file: 'engine/consumer/settle.ts',
    find: 'const delay = delays[delivery.attempts];',
    replace: 'const delay = delays[Math.min(delivery.attempts, 0)];',
  },
  {
    name: 'parked without a reason',
    file: 'engine/consumer/settle.ts',
    find: '[REASON_HEADER]: header(reason),',
    replace: "...(reason === '' ? { [REASON_HEADER]: header(reason) } : {}),",
  },
  {
    name: 'given up after one attempt',
    file: 'engine/consumer/settle.ts',
    find: 'if (delay === undefined) {',
    replace: 'if (delay === undefined || delivery.attempts > 0) {',
  },
  {
    name: 'parked at the first failure',
    file: 'engine/consumer/settle.ts',
    find: 'if (delay === undefined) {',
    replace: 'if (delays.length > 0 || delay === undefined) {',
  },
  {
    name: 'parked in the queue of another service',
    file: 'engine/consumer/settle.ts',
    find: 'routingKey: deadQueueOf(service),',
    replace: "routingKey: deadQueueOf(service === 'payment' ? 'order' : service),",
  },
  {
    name: 'body of a parked message cut',
    file: 'engine/consumer/settle.ts',
    find: '  body,\n  messageId,',
    replace: '  body: body.subarray(0, 100),\n  messageId,',
  },
  {
    name: 'parking not awaited',
    file: 'engine/consumer/consume.ts',
    find: '    await edges.publisher.publish(message);',
    replace: '    void edges.publisher.publish(message).catch(() => {});',
  },
  {
    name: 'one bad message fails its whole batch',
    file: 'engine/consumer/consume.ts',
    find: '      } else unreadable.push({ delivery, reason: opened.reason });',
    replace: '      } else throw new Error(opened.reason);',
  },
  {
    name: 'a message that failed fails its whole batch',
    file: 'engine/consumer/consume.ts',
    find: "      case 'failed':\n",
    replace: "      case 'failed':\n        throw outcome.error;\n      case 'never' as never:\n",
  },
  {
    name: 'retry of one message settles all',
    file: 'engine/consumer/consume.ts',
    find: '...received.map(({ delivery }, index) => {',
    replace: '...received.slice(0, 1).map(({ delivery }, index) => {',
  },
  {
    name: 'redrive removes before it publishes',
    file: 'engine/dead-letters/redrive.ts',
    find: '  const { body, messageId, type, contentType, origin } = delivery;\n',
    replace: '  const { body, messageId, type, contentType, origin } = delivery;\n  remove();\n',
  },
  {
    name: 'redrive does not wait for the confirm',
    file: 'engine/dead-letters/redrive.ts',
    find: '  await publisher.publish({',
    replace: '  void publisher.publish({',
  },
  {
    name: 'redrive leaves the original',
    file: 'engine/dead-letters/redrive.ts',
    find: '  remove();',
    replace: "  if (remove === undefined) throw new Error('nothing to remove');",
  },
  {
    name: 'a dry run moves messages',
    file: 'engine/dead-letters/dead-letters.ts',
    find: "const moved = !dryRun && prospect.would !== 'stay';",
    replace: "const moved = prospect.would !== 'stay';",
  },
  {
    name: 'what fails in a redrive is removed',
    file: 'engine/dead-letters/dead-letters.ts',
    find: '          const reason = error instanceof Error ? error.message : String(error);\n',
    replace:
      '          const reason = error instanceof Error ? error.message : String(error);\n          each.remove();\n',
  },
  {
    name: 'failures sent to nobody in particular',
    file: 'engine/saga/routes.ts',
    find: "kindOf(type) === 'failure' ? FAILURES_EXCHANGE : EVENTS_EXCHANGE;",
    replace: "kindOf(type) === 'failure' ? EVENTS_EXCHANGE : EVENTS_EXCHANGE;",
  },
  {
    name: 'what can never be handled is tried again',
    file: 'engine/consumer/consume.ts',
    find: 'return await settle(parkMessage(service, delivery, outcome.reason), outcome.reason);',
    replace:
      'return await settle(retryMessage(service, delivery, new Error(outcome.reason), retryDelays), outcome.reason);',
  },
  {
    name: 'a fault parks at once',
    file: 'engine/consumer/consume.ts',
    find: '          retryMessage(service, delivery, outcome.error, retryDelays),',
    replace: '          parkMessage(service, delivery, outcome.error.message),',
  },
  {
    name: 'a retry waits ten times as long',
    file: 'engine/consumer/settle.ts',
    find: '      delay.delayMs * (0.5',
    replace: '      delay.delayMs * 10 * (0.5',
  },
];
