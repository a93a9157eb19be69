import { signal } from '@preact/signals';

/** What time it is, in milliseconds since 1970: told anew each second while somebody looks. */
export const nowMs = signal(Date.now());

setInterval(() => {
  if (!document.hidden) nowMs.value = Date.now();
}, 1_000);
