import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { type Ask, asking } from '../asking/ask.ts';
import { Failure } from '../asking/failure.ts';
import { hold } from '../asking/poll.ts';

/** Something that somebody is about to do. */
export interface Act {
  readonly title: string;
  /** The word on the button that does it. */
  readonly verb: string;
  /** What it would do, line by line, as the API says now. @throws Failure if it can do nothing */
  readonly preview: (ask: Ask) => Promise<readonly string[]>;
  /** Does it, and says what has become of it. @throws Failure */
  readonly run: (ask: Ask, reason: string) => Promise<readonly string[]>;
}

type Said = readonly string[];

/** FreeText of the API. */
const MAX_REASON = 500;

const messageOf = (error: unknown): string => (error instanceof Failure ? error.message : String(error));

/** An act: first what it would do, then why, and only then what it has done. */
export function ActDialog({ act, onClose }: { readonly act: Act; readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const why = useRef<HTMLInputElement>(null);
  const preview = useSignal<Said | undefined>(undefined);
  const done = useSignal<Said | undefined>(undefined);
  const failure = useSignal('');
  const isBusy = useSignal(false);
  useEffect(() => {
    const release = hold();
    dialog.current?.showModal();
    act.preview(asking()).then(
      (said) => {
        preview.value = said;
      },
      (error: unknown) => {
        failure.value = messageOf(error);
      },
    );
    return release;
  }, [act, failure, preview]);
  const doIt = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const reason = why.current?.value.trim() ?? '';
    if (reason === '' || preview.value === undefined || isBusy.value) return;
    isBusy.value = true;
    failure.value = '';
    try {
      done.value = await act.run(asking(), reason);
    } catch (error) {
      failure.value = messageOf(error);
    }
    isBusy.value = false;
  };
  const said = done.value ?? preview.value;
  return (
    <dialog ref={dialog} class="act" aria-labelledby="act-title" onClose={onClose}>
      <form onSubmit={(event) => void doIt(event)}>
        <h2 id="act-title">{act.title}</h2>
        <section
          role="status"
          aria-label={done.value === undefined ? 'What it would do' : 'What it has done'}
        >
          {said === undefined && failure.value === '' && <p class="dim">Asking what it would do…</p>}
          {said?.map((line) => (
            <p key={line}>{line}</p>
          ))}
        </section>
        {failure.value !== '' && (
          <p class="failure" role="alert">
            ✕ {failure}
          </p>
        )}
        {done.value === undefined && (
          <label>
            Why, for the audit
            <input
              ref={why}
              name="reason"
              required
              maxLength={MAX_REASON}
              autocomplete="off"
              placeholder="ticket 7"
            />
          </label>
        )}
        <p class="buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            {done.value === undefined ? 'Leave it' : 'Close'}
          </button>
          {done.value === undefined && (
            <button type="submit" class="strong" disabled={preview.value === undefined || isBusy.value}>
              {act.verb}
            </button>
          )}
        </p>
      </form>
    </dialog>
  );
}
