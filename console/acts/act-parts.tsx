import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import type { Stage } from './contract.ts';

/** FreeText of the API. */
const MAX_REASON = 500;
/** So many lines are seen at once. */
const MAX_UNSCROLLED = 8;

interface Told {
  readonly label: string;
  /** Undefined: it is not known yet. */
  readonly lines: readonly string[] | undefined;
  readonly isAsked: boolean;
}

/** What an act would do or has done, line by line. */
export function Said({ label, lines, isAsked }: Told) {
  const isLong = (lines?.length ?? 0) > MAX_UNSCROLLED;
  return (
    <section
      class="said"
      role="status"
      aria-label={label}
      // What is longer than the dialog is scrolled by the keyboard, too: https://dequeuniversity.com/rules/axe/4.11/scrollable-region-focusable
      tabIndex={isLong ? 0 : undefined}
    >
      {isAsked && <p class="dim">Asking what it would do…</p>}
      {lines?.map((line, index) => (
        // Copies of one message have the same line.
        <p key={index}>{line}</p>
      ))}
    </section>
  );
}

export const Why = ({ box }: { readonly box: RefObject<HTMLInputElement | null> }) => (
  <label>
    Why, for the audit
    <input
      ref={box}
      name="reason"
      required
      maxLength={MAX_REASON}
      autocomplete="off"
      placeholder="ticket 7"
    />
  </label>
);

interface Rated {
  readonly box: RefObject<HTMLInputElement | null>;
  readonly isFixed: boolean;
}

export const Rate = ({ box, isFixed }: Rated) => (
  <label>
    At most so many a second{' '}
    <input
      ref={box}
      name="rate"
      type="number"
      min="1"
      max="1000"
      step="1"
      disabled={isFixed}
      placeholder="no limit"
    />
  </label>
);

interface Running {
  readonly stage: Stage | undefined;
  readonly stopping: AbortController;
}

/** How far it is, and the button that stops it. */
export function Going({ stage, stopping }: Running) {
  const isStopping = useSignal(false);
  return (
    <div class="going">
      <progress aria-label="done" max={stage?.of} value={stage?.done} />
      <p role="status">{stage?.text ?? 'It begins…'}</p>
      <button
        type="button"
        disabled={isStopping.value}
        onClick={() => {
          isStopping.value = true;
          stopping.abort();
        }}
      >
        {isStopping.value ? 'Stopping after these…' : 'Stop'}
      </button>
    </div>
  );
}
