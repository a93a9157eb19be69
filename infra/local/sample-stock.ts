import * as z from 'zod';

type Product = {
  readonly sku: string;
  readonly available: number;
  readonly unitPriceMinor: number;
  readonly currency: 'EUR';
};

/** Stock for a newcomer's orders. One SKU is soon sold out, to show a rejection. */
const sampleStock: readonly Product[] = [
  { sku: 'mug-blue', available: 500, unitPriceMinor: 1290, currency: 'EUR' },
  { sku: 'mug-white', available: 500, unitPriceMinor: 1190, currency: 'EUR' },
  { sku: 'teapot-cast-iron', available: 80, unitPriceMinor: 5490, currency: 'EUR' },
  { sku: 'tea-sencha-100g', available: 400, unitPriceMinor: 990, currency: 'EUR' },
  { sku: 'tea-assam-250g', available: 400, unitPriceMinor: 1450, currency: 'EUR' },
  { sku: 'coffee-espresso-1kg', available: 250, unitPriceMinor: 2490, currency: 'EUR' },
  { sku: 'grinder-hand', available: 60, unitPriceMinor: 7900, currency: 'EUR' },
  { sku: 'kettle-gooseneck', available: 40, unitPriceMinor: 6450, currency: 'EUR' },
  { sku: 'filter-paper-100', available: 1000, unitPriceMinor: 450, currency: 'EUR' },
  { sku: 'scale-brass-antique', available: 3, unitPriceMinor: 18_900, currency: 'EUR' },
];

const stockListSchema = z.object({ items: z.array(z.unknown()) });

const reason = 'sample stock';

/** Fills an empty catalogue through the API, as an operator would. Existing stock is left alone. */
export async function addSampleStock(apiUrl: string, operatorToken: string): Promise<string> {
  const headers = { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json' };
  const list = await call(`${apiUrl}/stock`, { headers });
  if (stockListSchema.parse(await list.json()).items.length > 0) return 'Stock from an earlier run';
  for (const { sku, ...entry } of sampleStock) {
    await call(`${apiUrl}/stock/${sku}`, {
      method: 'PUT',
      headers,
      body: JSON.stringify({ ...entry, reason }),
    });
  }
  return `Sample stock: ${sampleStock.length} products`;
}

async function call(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) });
  if (response.ok) return response;
  throw new Error(
    `${init.method ?? 'GET'} ${url} answered ${response.status}: ${(await response.text()).slice(0, 500)}`,
  );
}
