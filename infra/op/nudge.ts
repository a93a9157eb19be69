import { intentionOf, orderNamed } from './named.ts';
import type { Operation } from './operation.ts';

export const nudge: Operation = {
  usage: 'nudge <id>',
  about: 'Do now what the schedule does with an order that is overdue. The id: as for show.',
  options: [
    { flags: '--reason <reason>', about: 'for the audit' },
    { flags: '--dry-run', about: 'only say what it would do' },
  ],
  run: async ({ args: [id = ''], options }, { ask }) => {
    const intention = intentionOf(options);
    const orderId = await orderNamed(id, undefined, ask);
    const { status, body } = await ask('POST /orders/{orderId}/nudge', {
      path: { orderId },
      body: intention,
    });
    const said = body.says.join(', ');
    return {
      lines: [
        status === 202
          ? `${orderId} could not say anything now. The schedule does it later.`
          : `${orderId} ${body.dryRun ? 'would say' : 'has said'} ${said || 'nothing'}; it is ${body.status}.`,
      ],
      answer: body,
      isDone: status === 200,
    };
  },
};
