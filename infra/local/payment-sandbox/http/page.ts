import { invalidRequest } from './answers.ts';
import { type Form, integer, list, optionalText, refuseUnknown } from './form.ts';

const bounds = ['gt', 'gte', 'lt', 'lte'] as const;
const MAX_EPOCH_SECONDS = 99_999_999_999;

interface Listed {
  readonly id: string;
  readonly createdEpochSeconds: number;
}

interface Page {
  /** A list as Stripe answers it: https://docs.stripe.com/api/pagination. `all`: newest first. */
  of<T extends Listed>(all: Iterable<T>, kind: string, render: (object: T) => object): object;
}

/** @param known the parameters of the list besides those of every list */
export function readPage(form: Form, known: readonly string[]): Page {
  refuseUnknown(form, new Set([...known, 'limit', 'starting_after']));
  const limit = integer(form, 'limit', { min: 1, max: 100 }) ?? 10;
  const after = optionalText(form, 'starting_after');
  const created = readCreated(form);
  return {
    of: (all, kind, render) => {
      const data: object[] = [];
      let isReached = after === undefined;
      let hasMore = false;
      for (const object of all) {
        if (!isReached) isReached = object.id === after;
        else if (!created.includes(object.createdEpochSeconds)) continue;
        else if (data.length < limit) data.push(render(object));
        else {
          hasMore = true;
          break;
        }
      }
      if (!isReached)
        throw invalidRequest(`No such ${kind}: '${after}'`, {
          code: 'resource_missing',
          param: 'starting_after',
        });
      return { object: 'list', has_more: hasMore, data };
    },
  };
}

function readCreated(form: Form): { includes(epochSeconds: number): boolean } {
  const flaw = [...form.keys()].find(
    (name) => name.startsWith('created') && !bounds.some((bound) => name === `created[${bound}]`),
  );
  if (flaw !== undefined) throw invalidRequest('Invalid object', { param: flaw });
  const [gt, gte, lt, lte] = bounds.map((bound) =>
    integer(form, `created[${bound}]`, { min: 0, max: MAX_EPOCH_SECONDS }),
  );
  return {
    includes: (at) =>
      (gt === undefined || at > gt) &&
      (gte === undefined || at >= gte) &&
      (lt === undefined || at < lt) &&
      (lte === undefined || at <= lte),
  };
}

/** https://docs.stripe.com/api/expanding_objects */
export function expansions(form: Form, known: readonly string[]): readonly string[] {
  const asked = list(form, 'expand');
  const unknown = asked.find((name) => !known.includes(name));
  if (unknown === undefined) return asked;
  throw invalidRequest(`This property cannot be expanded (${unknown}).`, { param: 'expand' });
}
