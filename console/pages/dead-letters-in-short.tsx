import { signal, useSignalEffect } from '@preact/signals';
import type { Service } from '../acts/on-dead-letters.ts';
import type { View } from '../asking/pace.ts';
import { SELDOM_MS, usePoll } from '../asking/poll.ts';
import { groupsOf } from '../lists/groups.ts';
import { addressOf } from '../router.ts';
import { Answered } from '../shown.tsx';

/** So many are read to group them. */
const MAX_READ = 500;

/** A service's dead letters, grouped by why they are dead. */
export function useDeadLetters(name: string) {
  return usePoll(`dead letters of ${name}`, SELDOM_MS, async (ask) => {
    const query = { limit: MAX_READ };
    return (await ask(`GET /dead-letters/${name as Service}`, { query })).body;
  });
}

/** What is known of each service's dead letters, for what it tells of the broker. */
export const lastKnown = signal<ReadonlyMap<string, View<unknown>>>(new Map());

export function DeadLettersInShort({ name }: { readonly name: string }) {
  const view = useDeadLetters(name);
  useSignalEffect(() => {
    lastKnown.value = new Map(lastKnown.peek()).set(name, view.value);
  });
  const address = `/dead-letters/${name}`;
  return (
    <section aria-labelledby={`dead-${name}`}>
      <h3 id={`dead-${name}`}>
        <a href={address}>{name}</a>
      </h3>
      <Answered view={view.value} what={`The dead letters of ${name}`}>
        {({ items, more, isWhole }) => (
          <>
            {items.length === 0 && isWhole && <p class="calm">✓ none</p>}
            {items.length > 0 && (
              <ul class="groups">
                {groupsOf(items).map(({ reason, type, letters }) => (
                  <li key={reason + type}>
                    <a data-row href={addressOf(address, { reason, type })}>
                      <strong>{letters.length}</strong> {type || 'without a type'}
                    </a>
                    <span class="why">{reason}</span>
                  </li>
                ))}
              </ul>
            )}
            {more && <p class="dim">There are more than these {items.length}.</p>}
            {!isWhole && <p class="dim">Another call holds some of them at this moment.</p>}
          </>
        )}
      </Answered>
    </section>
  );
}
