import { orderNamed, textOf } from './named.ts';
import type { Operation } from './operation.ts';

export const cancel: Operation = {
  usage: 'cancel <id>',
  about: 'Cancel an order that is not confirmed yet: its money and its stock go back. The id: as for show.',
  options: [{ flags: '--reason <reason>', about: 'for the audit', isRequired: true }],
  run: async ({ args: [id = ''], options }, { ask }) => {
    const orderId = await orderNamed(id, undefined, ask);
    const reason = textOf(options.reason) ?? '';
    const { body } = await ask('POST /orders/{orderId}/cancel', { path: { orderId }, body: { reason } });
    return { lines: [`${orderId} is ${body.status}.`], answer: body, isDone: true };
  },
};
