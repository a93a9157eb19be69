import type { Redriven } from '../../api/calls.ts';
import { intentionOf, selectionOf, serviceNamed } from './named.ts';
import type { Operation } from './operation.ts';
import { allPages } from './pages.ts';
import { table } from './text/table.ts';

export const redrive: Operation = {
  usage: 'redrive <service> [ids...]',
  about: 'Move dead letters back to their service: all of them, or those with these ids or digests.',
  options: [
    { flags: '--reason <reason>', about: 'for the audit' },
    { flags: '--dry-run', about: 'only say what each would do' },
  ],
  run: async ({ args: [name, ...ids], options, columns }, { ask }) => {
    const service = serviceNamed(name);
    const wish = { ...intentionOf(options), ...selectionOf(ids) };
    const { page, failure } = await allPages(async (cursor) => {
      const body = { ...wish, ...(cursor === undefined ? {} : { cursor }) };
      return (await ask(`POST /dead-letters/${service}/redrive`, { body })).body;
    });
    const { items, dryRun, isWhole } = page;
    const moves = items.filter(({ would, moved }) => (dryRun ? would !== 'stay' : moved)).length;
    return {
      lines: [
        ...(items.length === 0
          ? []
          : [
              ...table(
                ['id', 'order', 'would', 'moved'],
                items.map((each) => [
                  each.messageId ?? each.digest,
                  each.orderId ?? '',
                  prospect(each),
                  dryRun ? '' : each.moved ? 'yes' : 'no',
                ]),
                columns,
              ),
              '',
            ]),
        `${moves} of ${items.length} dead letters ${dryRun ? 'would be' : 'are'} redriven.`,
        ...(page.more ? ['There are more: ask again.'] : []),
        ...(isWhole ? [] : ['Another call holds some of them: ask again in a moment.']),
      ],
      answer: { ...page, redriven: items.filter(({ moved }) => moved).length },
      isDone: isWhole && !page.more && (dryRun || moves === items.length),
      failure,
    };
  },
};

/** `apply, then CONFIRMED, and say order.confirmed` */
const prospect = ({ would, status, reason, publishes = [] }: Redriven['items'][number]): string =>
  [
    would + (reason === undefined ? '' : `: ${reason}`),
    ...(status === undefined ? [] : [status]),
    ...(publishes.length === 0 ? [] : [`say ${publishes.join(', ')}`]),
  ].join(', ');
