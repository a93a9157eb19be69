import type { Attempt } from '../actors/request.ts';
import type { CustomerPlan } from '../actors/workload.ts';

/** A request at a price that the client names, or for goods that nobody has received. */
export function attemptOf(kind: string, { name, key, body }: CustomerPlan): Attempt | undefined {
  const own = { by: name, role: 'customer' } as const;
  if (kind === 'haggle') {
    const items = body.items as readonly object[];
    const cheap = { ...body, items: items.map((line) => ({ ...line, unitPriceMinor: 1 })) };
    const request = { method: 'POST', ...own, key: `cheap-${key}`, body: cheap } as const;
    return { name: 'place-order', request, statusCode: 422 };
  }
  if (kind === 'restock') {
    const request = { method: 'POST', ...own, path: { sku: 'mug' }, key, body: { quantity: 1 } } as const;
    return { name: 'receive-stock', request, statusCode: 403 };
  }
  return undefined;
}
