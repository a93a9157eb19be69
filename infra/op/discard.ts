import { selectionOf, serviceNamed, textOf } from './named.ts';
import type { Operation } from './operation.ts';
import { allPages } from './pages.ts';
import { table } from './text/table.ts';

export const discard: Operation = {
  usage: 'discard <service> <ids...>',
  about: 'Remove dead letters for good, by their ids or digests. Each is logged whole.',
  options: [
    { flags: '--reason <reason>', about: 'for the audit', isRequired: true },
    { flags: '--dry-run', about: 'only say which' },
  ],
  run: async ({ args: [name, ...ids], options, columns }, { ask }) => {
    const service = serviceNamed(name);
    const wish = {
      ...{ dryRun: options.dryRun === true, reason: textOf(options.reason) ?? '' },
      ...selectionOf(ids),
    };
    const { page, failure } = await allPages(async (cursor) => {
      const body = { ...wish, ...(cursor === undefined ? {} : { cursor }) };
      return (await ask(`POST /dead-letters/${service}/discard`, { body })).body;
    });
    const { items, dryRun, isWhole } = page;
    const gone = items.filter(({ discarded }) => discarded).length;
    const rows = items.map((each) => [
      each.messageId ?? each.digest,
      each.orderId ?? '',
      each.reason,
      dryRun ? '' : each.discarded ? 'yes' : 'no',
    ]);
    return {
      lines: [
        ...table(['id', 'order', 'why', 'discarded'], rows, columns),
        '',
        dryRun
          ? `${items.length} dead letters would be discarded.`
          : `${gone} of ${items.length} dead letters are discarded.`,
        ...(isWhole ? [] : ['Another call holds some of them: ask again in a moment.']),
      ],
      answer: { ...page, discarded: gone },
      isDone: isWhole && !page.more && (dryRun || gone === items.length),
      failure,
    };
  },
};
