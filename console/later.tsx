import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';

/** A page whose script is loaded when it is opened. `load` has to stay the same. */
export function Later({ load }: { readonly load: () => Promise<ComponentType> }) {
  const page = useSignal<{ readonly Page: ComponentType } | undefined>(undefined);
  const failure = useSignal('');
  useEffect(() => {
    load().then(
      (Page) => {
        const isRead = document.activeElement instanceof HTMLHeadingElement;
        page.value = { Page };
        // Whoever heard the heading that is gone hears the one in its place.
        if (isRead) setTimeout(() => document.querySelector('h1')?.focus());
      },
      () => {
        failure.value = 'This page cannot be loaded. Does npm start still run?';
      },
    );
  }, [load, page, failure]);
  if (page.value !== undefined) return <page.value.Page />;
  return (
    <main>
      <h1 tabIndex={-1}>{failure.value === '' ? 'Loading…' : 'Not loaded'}</h1>
      {failure.value !== '' && <p role="alert">✕ {failure}</p>}
    </main>
  );
}
