import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { asking } from '../asking/ask.ts';
import { Failure } from '../asking/failure.ts';
import { hold } from '../asking/poll.ts';
import { Going, Rate, Said, Why } from './act-parts.tsx';
import type { Act, Stage } from './contract.ts';

const messageOf = (error: unknown): string => (error instanceof Failure ? error.message : String(error));

/** An act: first what it would do, then why, and only then what it has done. */
export function ActDialog({ act, onClose }: { readonly act: Act; readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const why = useRef<HTMLInputElement>(null);
  const preview = useSignal<readonly string[] | undefined>(undefined);
  const done = useSignal<readonly string[] | undefined>(undefined);
  const failure = useSignal('');
  const isBusy = useSignal(false);
  const rate = useRef<HTMLInputElement>(null);
  const stage = useSignal<Stage | undefined>(undefined);
  const stopping = useMemo(() => new AbortController(), [act]);
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
    return () => {
      stopping.abort();
      release();
    };
  }, [act, failure, preview, stopping]);
  const doIt = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const reason = why.current?.value.trim() ?? '';
    if (reason === '' || preview.value === undefined || isBusy.value) return;
    isBusy.value = true;
    failure.value = '';
    try {
      const perSecond = Number(rate.current?.value) || undefined;
      const tell = (now: Stage): void => {
        stage.value = now;
      };
      done.value = await act.run(asking(), reason, { perSecond, signal: stopping.signal, tell });
    } catch (error) {
      failure.value = messageOf(error);
    }
    isBusy.value = false;
  };
  const isDone = done.value !== undefined;
  const isRunning = isBusy.value && act.isLong === true;
  return (
    <dialog
      ref={dialog}
      class="act"
      aria-labelledby="act-title"
      onClose={onClose}
      onCancel={(event) => {
        // Whoever wants to leave while it is done stops it, and sees first what it has done.
        if (!isBusy.value) return;
        event.preventDefault();
        stopping.abort();
      }}
    >
      <form onSubmit={(event) => void doIt(event)}>
        <h2 id="act-title">{act.title}</h2>
        <Said
          label={isDone ? 'What it has done' : 'What it would do'}
          lines={done.value ?? preview.value}
          isAsked={!isDone && preview.value === undefined && failure.value === ''}
        />
        {isRunning && <Going stage={stage.value} stopping={stopping} />}
        {failure.value !== '' && (
          <p class="failure" role="alert">
            ✕ {failure}
          </p>
        )}
        {!isDone && act.isLong === true && <Rate box={rate} isFixed={isBusy.value} />}
        {!isDone && <Why box={why} />}
        <p class="buttons">
          <button type="button" disabled={isRunning} onClick={() => dialog.current?.close()}>
            {isDone ? 'Close' : 'Leave it'}
          </button>
          {!isDone && (
            <button type="submit" class="strong" disabled={preview.value === undefined || isBusy.value}>
              {act.verb}
            </button>
          )}
        </p>
      </form>
    </dialog>
  );
}
