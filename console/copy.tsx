import { useSignal } from '@preact/signals';

interface Copied {
  readonly label: string;
  readonly text: () => string;
}

/** A button that copies a text, and says whether it could. */
export function Copy({ label, text }: Copied) {
  const said = useSignal('');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text());
      said.value = '✓ copied';
    } catch (error) {
      said.value = `✕ not copied: ${String(error)}`;
    }
    setTimeout(() => {
      said.value = '';
    }, 3_000);
  };
  return (
    <span>
      <button type="button" onClick={() => void copy()}>
        {label}
      </button>{' '}
      <span role="status">{said}</span>
    </span>
  );
}
