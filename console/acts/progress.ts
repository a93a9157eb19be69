import type { Progress, Prospect } from './batches.ts';

/** So many are told one by one. */
const MAX_TOLD = 1_000;

export const nameOf = ({ orderId, type, digest }: Partial<Prospect>): string =>
  [type ?? 'a message', ...(orderId === undefined ? [digest ?? ''] : [`of ${orderId}`])].join(' ');

/** `apply, CONFIRMED, says order.confirmed`. The status `none` is that of a service that has written nothing yet. */
export const prospectText = ({ would, status, reason, publishes = [] }: Prospect): string =>
  [
    would + (reason === undefined ? '' : `: ${reason}`),
    ...(status === undefined || status === 'none' ? [] : [status]),
    ...(publishes.length === 0 ? [] : [`says ${publishes.join(', ')}`]),
  ].join(', ');

export const countsText = (items: readonly Prospect[]): string =>
  [...Map.groupBy(items, ({ would }) => would)].map(([would, each]) => `${each.length} ${would}`).join(', ');

export const told = (lines: readonly string[]): readonly string[] => [
  ...lines.slice(0, MAX_TOLD).map((line) => `• ${line}`),
  ...(lines.length > MAX_TOLD ? [`… and ${lines.length - MAX_TOLD} more`] : []),
];

export const goneText = (gone: number, of: number): readonly string[] =>
  gone <= 0 ? [] : [`${gone} of the ${of} are not there any more, or another call holds them.`];

const movedIn = (items: readonly Prospect[]): number => items.filter(({ moved }) => moved).length;

/** `120 of 500 done, 380 left: 118 redriven, 2 stay` */
export function progressText({ items, of, left }: Progress): string {
  const moved = movedIn(items);
  const stays = items.length - moved;
  const became = [`${moved} redriven`, ...(stays === 0 ? [] : [`${stays} stay`])].join(', ');
  return `${of - left} of ${of} done, ${left} left: ${became}`;
}

/** What has become of all of them, and of each. */
export function redrivenText({ items, of, left, gone, failure }: Progress): readonly string[] {
  const unsure = failure?.unsure ?? 0;
  return [
    `${movedIn(items)} of ${of} are redriven.`,
    ...(failure === undefined
      ? []
      : [
          `✕ It ended early: ${failure.message}`,
          `Whether ${unsure} of them are redriven nobody knows: the list tells.`,
        ]),
    ...(left > unsure ? [`${left - unsure} are left as they were.`] : []),
    ...goneText(gone, of),
    ...told(
      items.map((each) =>
        each.moved
          ? `${nameOf(each)} is redriven: ${prospectText(each)}`
          : `${nameOf(each)} stays: ${each.reason ?? each.would}`,
      ),
    ),
  ];
}
