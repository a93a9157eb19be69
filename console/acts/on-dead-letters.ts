import type { Redriven } from '../../api/calls.ts';
import type { Call } from '../../api/client.ts';
import { Failure } from '../asking/failure.ts';
import type { Act } from './act.tsx';

/** A service that has dead letters, by what the API has calls for. */
type ServiceIn<C> = C extends `GET /dead-letters/${infer S}` ? S : never;
export type Service = ServiceIn<Call>;

type Prospect = Redriven['items'][number];

/** So many are told one by one. */
const MAX_TOLD = 12;

const nameOf = ({ orderId, type, digest }: Partial<Prospect>): string =>
  [type ?? 'a message', ...(orderId === undefined ? [digest ?? ''] : [`of ${orderId}`])].join(' ');

/** `apply, CONFIRMED, says order.confirmed`. The status `none` is that of a service that has written nothing yet. */
const prospectText = ({ would, status, reason, publishes = [] }: Prospect): string =>
  [
    would + (reason === undefined ? '' : `: ${reason}`),
    ...(status === undefined || status === 'none' ? [] : [status]),
    ...(publishes.length === 0 ? [] : [`says ${publishes.join(', ')}`]),
  ].join(', ');

const countsText = (items: readonly Prospect[]): string =>
  [...Map.groupBy(items, ({ would }) => would)].map(([would, each]) => `${each.length} ${would}`).join(', ');

const told = (lines: readonly string[]): readonly string[] => [
  ...lines.slice(0, MAX_TOLD).map((line) => `• ${line}`),
  ...(lines.length > MAX_TOLD ? [`… and ${lines.length - MAX_TOLD} more`] : []),
];

const goneText = (found: number, wanted: number): readonly string[] =>
  found >= wanted
    ? []
    : [`${wanted - found} of the ${wanted} are not there any more, or another call holds them.`];

/** Nothing that was not looked at is ever moved, so an act without names is none. */
function named(digests: readonly string[]): { readonly digests: readonly string[] } {
  if (digests.length === 0) throw new Failure('Nothing is selected.');
  return { digests };
}

/** Moves these dead letters back to their service, all but those that could never succeed. */
export const redriving = (service: Service, digests: readonly string[]): Act => ({
  title: `Redrive ${digests.length} of ${service}`,
  verb: 'Redrive',
  preview: async (ask) => {
    const body = { ...named(digests), dryRun: true };
    const { items } = (await ask(`POST /dead-letters/${service}/redrive`, { body })).body;
    return [
      `They would: ${countsText(items) || 'nothing'}. What would stay is not moved.`,
      ...told(items.map((each) => `${nameOf(each)} would ${prospectText(each)}`)),
      ...goneText(items.length, digests.length),
    ];
  },
  run: async (ask, reason) => {
    const body = { ...named(digests), reason };
    const { items, redriven } = (await ask(`POST /dead-letters/${service}/redrive`, { body })).body;
    const left = items.filter(({ moved }) => !moved);
    return [
      `${redriven} of ${digests.length} are redriven.`,
      ...told(left.map((each) => `${nameOf(each)} stays: ${each.reason ?? each.would}`)),
      ...goneText(items.length, digests.length),
    ];
  },
});

/** The API wants a reason of a discard that is only tried, too, and keeps none. */
const TRIED = 'preview';

/** Removes these dead letters for good. */
export const discarding = (service: Service, digests: readonly string[]): Act => ({
  title: `Discard ${digests.length} of ${service}`,
  verb: 'Discard for good',
  preview: async (ask) => {
    const body = { ...named(digests), dryRun: true, reason: TRIED };
    const { items } = (await ask(`POST /dead-letters/${service}/discard`, { body })).body;
    return [
      `${items.length} would be removed. Each is logged whole, and none comes back.`,
      ...told(items.map((each) => `${nameOf(each)}: ${each.reason}`)),
      ...goneText(items.length, digests.length),
    ];
  },
  run: async (ask, reason) => {
    const body = { ...named(digests), reason };
    const { items, discarded } = (await ask(`POST /dead-letters/${service}/discard`, { body })).body;
    return [`${discarded} of ${digests.length} are discarded.`, ...goneText(items.length, digests.length)];
  },
});
