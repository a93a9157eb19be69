import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
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

/** What an act would do or has done, line by line. Of many lines the first one is read out, and the others can be read. */
export function Said({ label, lines = [], isAsked }: Told) {
  const readOut = lines.length > MAX_UNSCROLLED ? 1 : lines.length;
  const shown = (some: readonly string[]) =>
    // Copies of one message have the same line.
    some.map((line, index) => <p key={index}>{line}</p>);
  return (
    <>
      <section role="status" aria-label={label}>
        {isAsked && <p class="dim">Asking what it would do…</p>}
        {shown(lines.slice(0, readOut))}
      </section>
      {readOut < lines.length && (
        // What is longer than the dialog is scrolled by the keyboard, too: https://dequeuniversity.com/rules/axe/4.11/scrollable-region-focusable
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the same
        <section class="said" tabIndex={0} aria-label={`${label}, one by one`}>
          {shown(lines.slice(readOut))}
        </section>
      )}
    </>
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
  useEffect(() => {
    const stop = (): void => {
      isStopping.value = true;
    };
    stopping.signal.addEventListener('abort', stop);
    return () => stopping.signal.removeEventListener('abort', stop);
  }, [isStopping, stopping]);
  return (
    <div class="going">
      <progress aria-label="done" max={stage?.of} value={stage?.done} />
      <p role="status">{stage?.text ?? 'It begins…'}</p>
      <button type="button" disabled={isStopping.value} onClick={() => stopping.abort()}>
        {isStopping.value ? 'Stopping after these…' : 'Stop'}
      </button>
    </div>
  );
}
