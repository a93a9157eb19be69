import type { RabbitPublisher } from '../../engine/rabbitmq/publisher.ts';

/** A broker that tells the length of some queues, refuses to for others, and has no further queues. */
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
