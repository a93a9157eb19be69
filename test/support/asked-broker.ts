import type { RabbitPublisher } from '../../engine/rabbitmq/publisher.ts';

/** A broker that answers for some queues, refuses to speak of others, and knows no more. */
export function brokerWith(queues: Readonly<Record<string, number | 'refused'>>) {
  let open = 0;
  const checkQueue = async (name: string) => {
    const known = queues[name];
    if (typeof known === 'number') return { messageCount: known };
    throw Object.assign(new Error(name), { code: known === 'refused' ? 403 : 404 });
  };
  const channel = async () => {
    open += 1;
    return {
      checkQueue,
      close: async () => {
        open -= 1;
      },
    };
  };
  return { publisher: { channel } as unknown as RabbitPublisher, open: () => open };
}
