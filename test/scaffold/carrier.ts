import { pascalCase } from '../../engine/saga/names.ts';
import type { ScratchCopy } from './scratch-copy.ts';

/** What a person writes by hand to make a carrier of a scaffolded service: it takes up to 5 pieces of a SKU. */
export function makeCarrier(copy: ScratchCopy, service: string): void {
  const typeName = pascalCase(service);
  copy.edit(
    'functions/events.ts',
    `'${service}.done': v1(z.object({ reference: Text.meta(pseudonymous) })),`,
    `'shipment.booked': v1(z.object({ trackingNumber: Text.meta(pseudonymous) })),`,
  );
  copy.edit(
    'functions/events.ts',
    `'${service}.refused': v1(z.object({ customerId: CustomerId, message: Text.meta(personal) })),`,
    `'shipment.refused': v1(z.object({ customerId: CustomerId, skus: z.array(Sku).max(MAX_LINES).meta(personal) })),`,
  );
  copy.edit('functions/events.ts', `'${service}.undone'`, `'shipment.recalled'`);
  for (const [before, after] of [
    [`'${service}.done': 'step'`, `'shipment.booked': 'step'`],
    [`'${service}.refused'`, `'shipment.refused'`],
    [`'${service}.undone'`, `'shipment.recalled'`],
    [`, '${service}.done'`, `, 'shipment.booked'`],
    [`record: '${service}'`, `record: 'shipment'`],
  ] as const) {
    copy.edit('functions/shop.ts', before, after);
  }
  const decide = `functions/${service}/decide.ts`;
  copy.edit(
    decide,
    `import { shop } from '../shop.ts';`,
    `import { personal } from '../../engine/saga/personal-data.ts';\nimport { Line, MAX_LINES } from '../events.ts';\nimport { shop } from '../shop.ts';`,
  );
  copy.edit(
    decide,
    'asks: z.object({})',
    'asks: z.object({ lines: z.array(Line).max(MAX_LINES).readonly().meta(personal) })',
  );
  copy.write(
    `functions/${service}/outside.ts`,
    `import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { ${typeName}Outside } from './decide.ts';

/** The carrier's own book: a file for each order that it has booked and not recalled. */
const book = new URL('../../.local/${service}/', import.meta.url);
mkdirSync(book, { recursive: true });

/** A van holds so many pieces of one SKU. */
const MAX_PIECES = 5;

/** The carrier: it books under the order's id, so that to book again books nothing more. */
export const outside: ${typeName}Outside = {
  call: async (orderId, { lines }) => {
    const tooMany = lines.filter(({ quantity }) => quantity > MAX_PIECES);
    if (tooMany.length > 0) return { refused: { skus: tooMany.map(({ sku }) => sku) } };
    writeFileSync(new URL(orderId, book), '');
    return { done: { trackingNumber: \`track-\${orderId}\` } };
  },
  undo: async (orderId) => {
    rmSync(new URL(orderId, book), { force: true });
    return {};
  },
};
`,
  );
}
