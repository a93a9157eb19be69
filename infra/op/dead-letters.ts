import { limitOf, serviceNamed } from './named.ts';
import type { Operation } from './operation.ts';
import { allPages } from './pages.ts';
import { table } from './text/table.ts';

const PAGE = 100;

export const deadLetters: Operation = {
  usage: 'dead-letters <service>',
  about: 'The dead letters of a service, and why each is one.',
  options: [{ flags: '--limit <number>', about: 'at most so many (100)' }],
  run: async ({ args, options, columns }, { ask }) => {
    const service = serviceNamed(args[0]);
    const limit = limitOf(options.limit, PAGE);
    const { page, failure } = await allPages(
      async (cursor) => {
        const query = { limit: Math.min(limit, PAGE), ...(cursor === undefined ? {} : { cursor }) };
        return (await ask(`GET /dead-letters/${service}`, { query })).body;
      },
      ({ length }) => length >= limit,
    );
    const rows = page.items.map((each) => [
      each.messageId ?? each.digest,
      each.type ?? '',
      each.orderId ?? '',
      String(each.attempts),
      [each.reason, ...(each.lastError === undefined ? [] : [each.lastError])].join(': '),
    ]);
    return {
      lines: [
        ...(rows.length === 0
          ? [`${service} has no dead letters.`]
          : table(['id', 'type', 'order', 'attempts', 'why'], rows, columns)),
        ...(page.more ? ['', 'There are more: ask with a larger --limit.'] : []),
        ...(page.isWhole ? [] : ['', 'Another call holds some of them: ask again in a moment.']),
      ],
      answer: page,
      isDone: page.isWhole,
      failure,
    };
  },
};
