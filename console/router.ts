import { signal } from '@preact/signals';

/** The address is the state: what is shown, and which of it. */
export interface Place {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

const here = (): Place => ({
  path: location.pathname,
  query: Object.fromEntries(new URLSearchParams(location.search)),
});

export const place = signal<Place>(here());

/** A part of a path as it is meant; as it stands there, if somebody has mistyped it. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** An address of the console. What is empty is left out. */
export function addressOf(path: string, query: Readonly<Record<string, string | undefined>> = {}): string {
  const said = Object.entries(query).flatMap(([name, value]) => (value ? [[name, value]] : []));
  return said.length === 0 ? path : `${path}?${new URLSearchParams(said)}`;
}

/** Another page is read from its heading on, also by whoever hears it. A list that is narrowed down stays where it is. */
export function goTo(address: string): void {
  const before = place.value.path;
  history.pushState(null, '', address);
  place.value = here();
  if (place.value.path === before) return;
  scrollTo(0, 0);
  setTimeout(() => document.querySelector('h1')?.focus());
}

/** Links of the console's own addresses load nothing anew, unless somebody wants them elsewhere. */
export function route(): void {
  addEventListener('popstate', () => {
    place.value = here();
  });
  addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (link === null || !isPlain || link.origin !== location.origin || link.target !== '') return;
    if (link.pathname.startsWith('/api/') || link.hash !== '') return;
    event.preventDefault();
    goTo(link.pathname + link.search);
  });
}
