// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are pieces of the product's code
import type { Bug } from './bug.ts';

export const inventoryBugs: readonly Bug[] = [
  {
    name: 'reservation not recognised as a repeat',
    file: 'functions/inventory/decide.ts',
    find: 'return reservation === undefined ? reserve(fact.data, catalogue) : repeat;',
    replace: 'return reserve(fact.data, catalogue);',
  },
  {
    name: 'tombstone of a release ignored',
    file: 'functions/inventory/decide.ts',
    find: 'return reservation === undefined ? reserve',
    replace: "return reservation === undefined || reservation.status === 'RELEASED' ? reserve",
  },
  {
    name: 'released twice',
    file: 'functions/inventory/decide.ts',
    find: "reservation?.status === 'RELEASED' || reservation?.status === 'REJECTED'",
    replace: "reservation?.status === 'REJECTED'",
  },
  {
    name: 'a release gives nothing back',
    file: 'functions/inventory/decide.ts',
    find: '      delta: quantity,',
    replace: '      delta: quantity - quantity,',
  },
  {
    name: 'no tombstone where there is nothing to release',
    file: 'functions/inventory/decide.ts',
    find: '  // A rejection says already',
    replace:
      "  if (reservation === undefined) return ignore('nothing to release');\n  // A rejection says already",
  },
  {
    name: 'a receipt added as often as it is sent',
    file: 'functions/inventory/receive-stock.ts',
    find: "expects: 'absent' }",
    replace: "expects: 'anything' }",
  },
  {
    name: 'stock given back twice as much',
    file: 'functions/inventory/decide.ts',
    find: '      delta: quantity,',
    replace: '      delta: 2 * quantity,',
  },
  {
    name: 'reserved although there is too little',
    file: 'functions/inventory/decide.ts',
    find: 'level.available < line.quantity',
    replace: 'level.available < 1',
  },
  {
    name: 'some of the lines reserved',
    file: 'functions/inventory/decide.ts',
    find: 'adjusts: priced.map(',
    replace: 'adjusts: priced.slice(0, 1).map(',
  },
  {
    name: 'total off by one line',
    file: 'functions/inventory/decide.ts',
    find: 'lines.reduce((sum, { line, level }) => sum + line.quantity * level.unitPriceMinor, 0)',
    replace:
      'lines.slice(0, 2).reduce((sum, { line, level }) => sum + line.quantity * level.unitPriceMinor, 0)',
  },
  {
    name: 'quantity left out of the total',
    file: 'functions/inventory/decide.ts',
    find: 'sum + line.quantity * level.unitPriceMinor, 0)',
    replace: 'sum + level.unitPriceMinor, 0)',
  },
  {
    name: 'a price not held against the catalogue',
    file: 'functions/inventory/decide.ts',
    find: '      relyingOn: { unitPriceMinor, currency },',
    replace: '      relyingOn: {},',
  },
  {
    name: 'currencies mixed',
    file: 'functions/inventory/decide.ts',
    find: 'if (foreign.length > 0)',
    replace: 'if (foreign.length > 99)',
  },
  {
    name: 'more charged than can be',
    file: 'functions/inventory/decide.ts',
    find: 'if (totalMinor > MAX_AMOUNT_MINOR)',
    replace: 'if (totalMinor > 100 * MAX_AMOUNT_MINOR)',
  },
  {
    name: 'a rejection blames every SKU',
    file: 'functions/inventory/decide.ts',
    find: '      short.map(({ line }) => line),',
    replace: '      lines.map(({ line }) => line),',
  },
  {
    name: 'a decline releases nothing',
    file: 'functions/inventory/decide.ts',
    find: "  if (compensatorsOf(fact.type).includes('inventory')) return",
    replace:
      "  if (fact.type !== 'payment.declined' && compensatorsOf(fact.type).includes('inventory')) return",
  },
  {
    name: 'what was refused for want of stock rejected for good, though nothing is released',
    file: 'functions/inventory/decide.ts',
    find: "reservation?.status === 'RELEASED' || reservation?.status === 'REJECTED') return repeat;",
    replace: "reservation?.status === 'RELEASED') return repeat;",
  },
  {
    name: 'the price comes from the client',
    file: 'functions/order/place.ts',
    find: '    .array(z.strictObject(Line.shape))',
    replace: '    .array(z.object({ ...Line.shape, unitPriceMinor: z.int().optional() }))',
  },
  {
    name: 'a receipt of one operator taken for another one’s of the same key',
    file: 'engine/http/idempotency-key.ts',
    find: "  digest('receipt', operator, sku, key);",
    replace: "  digest('receipt', operator, sku, String(key.length));",
  },
  {
    name: 'a receipt refused because others were in its way',
    file: 'functions/inventory/receive-stock.ts',
    find: 'await writeAmongOthers(edges.store, [',
    replace: 'await edges.store.write([',
  },
  {
    name: 'a stocktake confirmed although others were in its way',
    file: 'functions/inventory/put-stock.ts',
    find: 'await writeAmongOthers(edges.store, [{',
    replace: 'await edges.store.write([{',
  },
  {
    name: 'a product that no catalogue lists',
    file: 'functions/inventory/put-stock.ts',
    find: 'of [catalogueEntry(sku.data), item])',
    replace: 'of [item])',
  },
  {
    name: 'a receipt counts double',
    file: 'functions/inventory/receive-stock.ts',
    find: 'delta: receipt.quantity,',
    replace: 'delta: 2 * receipt.quantity,',
  },
  {
    name: 'one SKU’s condition stands for another one’s',
    file: 'functions/inventory/decide.ts',
    find: "      key: stockKey(sku),\n      attribute: 'available',\n      delta: -quantity,",
    replace:
      "      key: stockKey(priced[0]?.sku ?? sku),\n      attribute: 'available',\n      delta: -quantity,",
  },
];
