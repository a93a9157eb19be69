import { orderNamed, textOf } from './named.ts';
import type { Operation } from './operation.ts';
import { timelineText } from './text/timeline.ts';

export const show: Operation = {
  usage: 'show <id>',
  about: 'Where an order is, and why. The id: its own, an event’s, a payment intent’s or a refund’s.',
  options: [{ flags: '--customer <customer>', about: 'the id is an idempotency key of this customer' }],
  run: async ({ args: [id = ''], options, columns, nowMs }, { ask }) => {
    const orderId = await orderNamed(id, textOf(options.customer), ask);
    const { body } = await ask('GET /orders/{orderId}/timeline', { path: { orderId } });
    return { lines: timelineText(body, nowMs, columns), answer: body, isDone: true };
  },
};
