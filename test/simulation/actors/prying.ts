import type { requestOf } from './request.ts';
import type { CustomerPlan, PryingWish } from './workload.ts';

interface Attempt {
  readonly name: string;
  readonly request: Parameters<typeof requestOf>[0];
  /** How it has to be answered. */
  readonly statusCode: number;
}

const another = { by: 'stranger', role: 'customer' } as const;

/** A request for what is somebody else's, or for what no customer may do, or at a price that the client names. */
export function attemptOf(kind: PryingWish, { name, key, body }: CustomerPlan, orderId: string): Attempt {
  const own = { by: name, role: 'customer' } as const;
  const path = { orderId };
  switch (kind) {
    case 'cancel-of-another':
      return { name: 'cancel-order', request: { method: 'POST', ...another, path }, statusCode: 404 };
    case 'haggle': {
      const cheap = { ...body, items: body.items.map((line) => ({ ...line, unitPriceMinor: 1 })) };
      const request = { method: 'POST', ...own, key: `cheap-${key}`, body: cheap } as const;
      return { name: 'place-order', request, statusCode: 422 };
    }
    case 'order-as-operator': {
      const request = { method: 'POST', by: 'operator', role: 'operator', key, body } as const;
      return { name: 'place-order', request, statusCode: 403 };
    }
    case 'restock': {
      const request = { method: 'POST', ...own, path: { sku: 'mug' }, key, body: { quantity: 1 } } as const;
      return { name: 'receive-stock', request, statusCode: 403 };
    }
    case 'redrive': {
      const request = { method: 'POST', ...own, path: {}, body: { dryRun: false } } as const;
      return { name: 'order-dead-letters', request, statusCode: 403 };
    }
    default: {
      const name = `get-${kind.replace('-of-another', '')}`;
      return { name, request: { method: 'GET', ...another, path }, statusCode: 404 };
    }
  }
}
