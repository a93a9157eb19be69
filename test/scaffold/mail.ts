import { pascalCase } from '../../engine/saga/names.ts';
import type { ScratchCopy } from './scratch-copy.ts';

/** What a person writes by hand to make a mail of a scaffolded service that hears of an outcome. */
export function makeMail(copy: ScratchCopy, service: string): void {
  copy.edit('functions/shop.ts', `record: '${service}'`, `record: 'mail'`);
  const decide = `functions/${service}/decide.ts`;
  copy.edit(
    decide,
    `import { shop } from '../shop.ts';`,
    `import { Lines } from '../events.ts';
import { AmountMinor, Currency } from '../money.ts';
import { shop } from '../shop.ts';`,
  );
  copy.edit(
    decide,
    'asks: z.object({})',
    'asks: z.object({ items: Lines, amountMinor: AmountMinor, currency: Currency })',
  );
  copy.write(
    `functions/${service}/outside.ts`,
    `import { appendFileSync, mkdirSync } from 'node:fs';
import type { ${pascalCase(service)}Outside } from './decide.ts';

/** The post office: a file for each order that a letter was sent for, with a line for each time that it was asked to. */
const letters = new URL('../../.local/${service}/', import.meta.url);
mkdirSync(letters, { recursive: true });

export const outside: ${pascalCase(service)}Outside = {
  call: async (orderId, { items, amountMinor, currency }) => {
    const text = \`Thank you for \${items.length} things, \${amountMinor} \${currency}.\\n\`;
    appendFileSync(new URL(orderId, letters), text);
    return { done: {} };
  },
  undo: async () => ({}),
};
`,
  );
}
