import type { ConsumeMessage } from 'amqplib';

/** How to settle messages with the fewest frames: everything up to one of them at once, and the rest one by one. */
export type Settlement = { readonly upTo?: ConsumeMessage; readonly singly: readonly ConsumeMessage[] };

/**
 * `multiple` settles every delivery of the channel up to a tag, so it may only reach to the lowest tag that is still
 * open elsewhere. https://www.rabbitmq.com/docs/confirms#consumer-acks-multiple-parameter
 *
 * The messages are in the order of their tags; `lowestOpenTag` is the lowest unsettled tag that is not among them.
 */
export function settlement(messages: readonly ConsumeMessage[], lowestOpenTag: number): Settlement {
  const firstBeyond = messages.findIndex(({ fields }) => fields.deliveryTag > lowestOpenTag);
  const reached = firstBeyond === -1 ? messages.length : firstBeyond;
  const upTo = messages[reached - 1];
  return upTo === undefined ? { singly: messages } : { upTo, singly: messages.slice(reached) };
}
