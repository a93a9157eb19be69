import type { Call } from '../../api/client.ts';
import { Failure } from '../asking/failure.ts';
import type { Ask } from '../asking/granted.ts';
import { type DeadLetter, MAX_NAMED } from '../lists/groups.ts';
import { inBatches, type Progress, waiting } from './batches.ts';
import type { Act } from './contract.ts';
import { countsText, goneText, nameOf, progressText, prospectText, redrivenText, told } from './progress.ts';

/** A service that has dead letters, by what the API has calls for. */
type ServiceIn<C> = C extends `GET /dead-letters/${infer S}` ? S : never;
export type Service = ServiceIn<Call>;

/** So many are moved by one call: whoever stops it waits for no more than these. */
const BATCH = 50;
/** More names than these are redriven by another act, so that a preview comes to an end. */
const MAX_OF_GROUP = 10_000;

/** Nothing that was not looked at is ever moved, so an act without names is none. */
function named(digests: readonly string[]): { readonly digests: readonly string[] } {
  if (digests.length === 0) throw new Failure('Nothing is selected.');
  return { digests };
}

/** Who is meant: these, or all that belong to a group, as far as the API lists them. */
export type Chosen =
  | { readonly digests: readonly string[] }
  | { readonly group: string; readonly belongs: (letter: DeadLetter) => boolean };

/** The names of all that belong to a group, page by page. */
async function namesOf(ask: Ask, service: Service, chosen: Chosen): Promise<readonly string[]> {
  if ('digests' in chosen) return chosen.digests;
  const names = new Set<string>();
  let cursor: string | undefined;
  do {
    const query = { limit: MAX_NAMED, ...(cursor === undefined ? {} : { cursor }) };
    const { body } = await ask(`GET /dead-letters/${service}`, { query });
    for (const each of body.items) if (chosen.belongs(each)) names.add(each.digest);
    cursor = body.cursor;
  } while (cursor !== undefined && names.size < MAX_OF_GROUP);
  return [...names].slice(0, MAX_OF_GROUP);
}

const titleOf = (verb: string, service: Service, chosen: Chosen): string =>
  'digests' in chosen
    ? `${verb} ${chosen.digests.length} of ${service}`
    : `${verb} all of ${service} of the group: ${chosen.group}`;

/** Moves these dead letters back to their service, all but those that could never succeed: those that its preview has named. */
export function redriving(service: Service, chosen: Chosen): Act {
  let names: readonly string[] = [];
  return {
    title: titleOf('Redrive', service, chosen),
    verb: 'Redrive',
    isLong: true,
    preview: async (ask) => {
      names = await namesOf(ask, service, chosen);
      named(names);
      const send = async (digests: readonly string[]) =>
        (await ask(`POST /dead-letters/${service}/redrive`, { body: { ...named(digests), dryRun: true } }))
          .body;
      const tried = await inBatches(names, MAX_NAMED, send, unpaced);
      if (tried.failure !== undefined) throw new Failure(tried.failure.message);
      const { items, gone } = tried;
      return [
        `They would: ${countsText(items) || 'nothing'}. What would stay is not moved.`,
        ...goneText(gone, names.length),
        ...told(items.map((each) => `${nameOf(each)} would ${prospectText(each)}`)),
      ];
    },
    run: async (ask, reason, { perSecond, signal, tell }) => {
      const send = async (digests: readonly string[]) =>
        (await ask(`POST /dead-letters/${service}/redrive`, { body: { ...named(digests), reason } })).body;
      const course = {
        ...{ perSecond, signal, wait: waiting, nowMs: Date.now },
        tell: (progress: Progress) =>
          tell({ done: progress.of - progress.left, of: progress.of, text: progressText(progress) }),
      };
      return redrivenText(await inBatches(names, BATCH, send, course));
    },
  };
}

/** Nobody stops a preview: it changes nothing. */
const unpaced = {
  signal: new AbortController().signal,
  tell: () => {},
  wait: waiting,
  nowMs: Date.now,
};

/** The API wants a reason of a discard that is only tried, too, and keeps none. */
const TRIED = 'preview';

/** Removes these dead letters for good. */
export const discarding = (service: Service, digests: readonly string[]): Act => ({
  title: titleOf('Discard', service, { digests }),
  verb: 'Discard for good',
  preview: async (ask) => {
    const body = { ...named(digests), dryRun: true, reason: TRIED };
    const { items } = (await ask(`POST /dead-letters/${service}/discard`, { body })).body;
    return [
      `${items.length} would be removed. Each is logged whole, and none comes back.`,
      ...goneText(digests.length - items.length, digests.length),
      ...told(items.map((each) => `${nameOf(each)}: ${each.reason}`)),
    ];
  },
  run: async (ask, reason) => {
    const body = { ...named(digests), reason };
    const { items, discarded } = (await ask(`POST /dead-letters/${service}/discard`, { body })).body;
    return [
      `${discarded} of ${digests.length} are discarded.`,
      ...goneText(digests.length - items.length, digests.length),
    ];
  },
});
