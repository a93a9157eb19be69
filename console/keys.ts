import { goTo } from './router.ts';

/** What each key does, for people. */
export const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ['/', 'to the search box'],
  ['j', 'to the next row of a list'],
  ['k', 'to the row before'],
  ['Enter', 'opens what the row is about'],
  ['h', 'to the first page'],
  ['?', 'shows the keys'],
  ['Esc', 'closes a dialog, and changes nothing'],
];

/** What a row is opened by, in the sequence of the page. */
const ROWS = '[data-row]';

export const SEARCH_ID = 'search';
export const HELP_ID = 'help';

/** Keys act where nobody writes, and while no dialog is open. */
export function listenForKeys(): void {
  addEventListener('keydown', (event) => {
    const { target, key, ctrlKey, metaKey, altKey } = event;
    const isWriting =
      target instanceof Element && target.closest('input:not([type=checkbox]), textarea, select') !== null;
    if (isWriting || ctrlKey || metaKey || altKey || document.querySelector('dialog[open]') !== null) return;
    if (key === '/') document.getElementById(SEARCH_ID)?.focus();
    else if (key === 'j') step(1);
    else if (key === 'k') step(-1);
    else if (key === 'h') goTo('/');
    else if (key === '?') (document.getElementById(HELP_ID) as HTMLDialogElement | null)?.showModal();
    else return;
    event.preventDefault();
  });
}

function step(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>(ROWS)];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const next = at === -1 ? (by === 1 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1);
  rows[next]?.focus();
}
