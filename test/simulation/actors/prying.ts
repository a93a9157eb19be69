import type { Saga } from '../../../engine/saga/saga.ts';
import type { Attempt } from './request.ts';
import type { CustomerPlan } from './workload.ts';

/** A request for what is somebody else's, or for what no customer may do; undefined if it is none of these. */
export function attemptOf(
  { initiator, id, ownerRole }: Saga,
  kind: string,
  { name, key, body }: CustomerPlan,
  sagaId: string,
): Attempt | undefined {
  const own = { by: name, role: ownerRole } as const;
  const another = { by: 'stranger', role: ownerRole, path: { [id.name]: sagaId } } as const;
  switch (kind) {
    case 'cancel-of-another':
      return { name: `cancel-${initiator}`, request: { method: 'POST', ...another }, statusCode: 404 };
    case `${initiator}-as-operator`: {
      const request = { method: 'POST', by: 'operator', role: 'operator', key, body } as const;
      return { name: `place-${initiator}`, request, statusCode: 403 };
    }
    case 'redrive': {
      const request = { method: 'POST', ...own, path: {}, body: { dryRun: false } } as const;
      return { name: `${initiator}-dead-letters`, request, statusCode: 403 };
    }
    default: {
      const [, record] = /^(.+)-of-another$/.exec(kind) ?? [];
      return record === undefined
        ? undefined
        : { name: `get-${record}`, request: { method: 'GET', ...another }, statusCode: 404 };
    }
  }
}
