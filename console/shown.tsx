import type { ComponentChildren } from 'preact';
import { lasting } from '../infra/op/text/times.ts';
import { isLate, type View } from './asking/pace.ts';
import { nowMs } from './clock.ts';
import type { Mark } from './lists/marks.ts';

/** A moment, and how far away it is. */
export function Moment({ at }: { readonly at: string | undefined }) {
  if (at === undefined) return null;
  const seconds = (Date.parse(at) - nowMs.value) / 1_000;
  return (
    <time dateTime={at} title={at}>
      {seconds < 0 ? `${lasting(-seconds)} ago` : `in ${lasting(seconds)}`}
    </time>
  );
}

/** When the schedule comes to a saga: `in 8 s`, or `due`. Nothing if it does not. */
export function nudgeText(nextNudge: string | undefined, now: number): string {
  if (nextNudge === undefined) return '';
  const seconds = (Date.parse(nextNudge) - now) / 1_000;
  return seconds > 0 ? `in ${lasting(seconds)}` : 'due';
}

const MARKS = {
  late: ['‼', 'past the deadline'],
  slow: ['!', 'CANCELLING for over 5 minutes'],
} as const;

export const wordsOf = (mark: keyof typeof MARKS): string => MARKS[mark][1];

/** A mark as a sign and words, and as a colour besides. */
export function MarkText({ mark }: { readonly mark: Mark }) {
  if (mark === undefined) return null;
  const [sign, words] = MARKS[mark];
  return (
    <span class={`mark ${mark}`}>
      {sign} {words}
    </span>
  );
}

export const Status = ({ status }: { readonly status: string }) => <span class="status">{status}</span>;

interface Answer<T> {
  readonly view: View<T>;
  /** What it is the answer to, as in: The dead letters of payment. */
  readonly what: string;
  readonly children: (data: T) => ComponentChildren;
}

/** An answer as it was last known. Where there is none yet, it says why, and never shows an empty list. */
export function Answered<T>({ view, what, children }: Answer<T>) {
  const { data, failure, atMs, nextMs } = view;
  const seconds = nextMs === undefined ? 0 : Math.max(0, Math.round((nextMs - nowMs.value) / 1_000));
  return (
    <>
      {failure !== undefined && (
        <div class="failure">
          <p role="alert">
            <strong>✕ {what}: this cannot be asked.</strong> {failure}
          </p>
          <p class="dim">
            {atMs !== undefined && `What stands here is of ${lasting((nowMs.value - atMs) / 1_000)} ago. `}
            Asked again in {seconds} s.
          </p>
        </div>
      )}
      {isLate(view, nowMs.value) && atMs !== undefined && (
        <p class="dim">
          What stands here is of {lasting((nowMs.value - atMs) / 1_000)} ago. It is asked anew…
        </p>
      )}
      {data === undefined ? failure === undefined && <p class="dim">Asking…</p> : children(data)}
    </>
  );
}
