import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { type Ask, asking } from '../asking/ask.ts';
import { Failure } from '../asking/failure.ts';
import { hold } from '../asking/poll.ts';
import { Going, Rate, Said, type Stage, Why } from './act-parts.tsx';

/** Something that somebody is about to do. */
export interface Act {
  readonly title: string;
  /** The word on the button that does it. */
  readonly verb: string;
  /** What it would do, line by line, as the API says now. @throws Failure if it can do nothing */
  readonly preview: (ask: Ask) => Promise<readonly string[]>;
  /** Does it, and says what has become of it. @throws Failure */
  readonly run: (ask: Ask, reason: string, how: How) => Promise<readonly string[]>;
  /** It takes its time: a rate may be said, it tells how far it is, and it can be stopped. */
  readonly isLong?: boolean;
}

/** How somebody wants it done. */
export interface How {
  /** At most so many a second; undefined: as fast as it goes. */
  readonly perSecond: number | undefined;
  /** Stops it. */
  readonly signal: AbortSignal;
  readonly tell: (stage: Stage) => void;
}

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
