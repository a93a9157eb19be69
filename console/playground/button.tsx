import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { Failure } from '../asking/failure.ts';

interface Doing {
  /** Does it, and says what has become of it. */
  readonly run: () => Promise<string>;
  readonly class?: string;
  readonly disabled?: boolean;
  readonly children: ComponentChildren;
}

/** A button that does something at once, and says beside itself what has become of it. */
export function DoButton({ run, class: kind, disabled = false, children }: Doing) {
  const said = useSignal('');
  const isBusy = useSignal(false);
  const doIt = async (): Promise<void> => {
    isBusy.value = true;
    said.value = '…';
    try {
      said.value = await run();
    } catch (error) {
      said.value = `✕ ${error instanceof Failure ? error.message : String(error)}`;
    }
    isBusy.value = false;
  };
  return (
    <span class="do">
      <button type="button" class={kind} disabled={disabled || isBusy.value} onClick={() => void doIt()}>
        {children}
      </button>{' '}
      <span role="status">{said}</span>
    </span>
  );
}
