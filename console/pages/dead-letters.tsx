import { useSignal } from '@preact/signals';
import { ActDialog } from '../acts/act.tsx';
import type { Act } from '../acts/contract.ts';
import { discarding, redriving, type Service } from '../acts/on-dead-letters.ts';
import { choreography } from '../declared.ts';
import { type DeadLetter, type Group, gistOf, groupsOf, MAX_NAMED, namedBy } from '../lists/groups.ts';
import { addressOf, place } from '../router.ts';
import { Answered } from '../shown.tsx';
import { useDeadLetters } from './dead-letters-in-short.tsx';
import { FirstOfThem } from './first-of-them.tsx';

/** A service's dead letters: which, why, and what a redrive would do. */
export function DeadLettersPage({ name }: { readonly name: string }) {
  if (!choreography.services.includes(name))
    return (
      <main>
        <h1 tabIndex={-1}>There is no service {name}</h1>
        <p>There are {choreography.services.join(', ')}.</p>
      </main>
    );
  return <DeadLettersOf service={name as Service} />;
}

function DeadLettersOf({ service }: { readonly service: Service }) {
  const view = useDeadLetters(service);
  const act = useSignal<Act | undefined>(undefined);
  const { reason, type } = place.value.query;
  const isGroup = reason !== undefined || type !== undefined;
  const belongs = (each: DeadLetter): boolean =>
    (reason === undefined || gistOf(each) === reason) && (type === undefined || each.type === type);
  return (
    <main>
      <p>
        <a href="/">← What is stuck</a>
      </p>
      <h1 tabIndex={-1}>Dead letters of {service}</h1>
      <Answered view={view.value} what={`The dead letters of ${service}`}>
        {({ items, more, isWhole }) => {
          const shown = items.filter(belongs);
          return (
            <>
              <Groups service={service} groups={groupsOf(items)} isFiltered={isGroup} />
              {shown.length > 0 && isGroup && (
                <p class="buttons">
                  <button
                    type="button"
                    onClick={() => {
                      act.value = redriving(service, {
                        group: `${type ?? ''} ${reason ?? ''}`.trim(),
                        belongs,
                      });
                    }}
                  >
                    Redrive all of this group…
                  </button>
                  {more && <span class="dim">Those behind these are in it, too.</span>}
                </p>
              )}
              {shown.length === 0 ? (
                isWhole && <p class="calm">✓ None{items.length > 0 && ' of these'}.</p>
              ) : (
                <Letters
                  // What was selected under another filter is not selected any more.
                  key={`${reason} ${type}`}
                  letters={shown}
                  onRedrive={(digests) => {
                    act.value = redriving(service, { digests });
                  }}
                  onDiscard={(digests) => {
                    act.value = discarding(service, digests);
                  }}
                />
              )}
              {more && <p class="dim">There are more behind these.</p>}
              {!isWhole && <p class="dim">Another call holds some of them at this moment.</p>}
            </>
          );
        }}
      </Answered>
      {act.value !== undefined && (
        <ActDialog
          act={act.value}
          onClose={() => {
            act.value = undefined;
          }}
        />
      )}
    </main>
  );
}

interface Grouped {
  readonly service: string;
  readonly groups: readonly Group[];
  readonly isFiltered: boolean;
}

const Groups = ({ service, groups, isFiltered }: Grouped) => (
  <ul class="groups">
    {groups.map(({ reason, type, letters }) => (
      <li key={reason + type}>
        <a href={addressOf(`/dead-letters/${service}`, { reason, type })}>
          <strong>{letters.length}</strong> {type || 'without a type'}
        </a>
        <span class="why">{reason}</span>
      </li>
    ))}
    {isFiltered && (
      <li>
        <a href={`/dead-letters/${service}`}>all of them</a>
      </li>
    )}
  </ul>
);

interface Selectable {
  readonly letters: readonly DeadLetter[];
  readonly onRedrive: (digests: readonly string[]) => void;
  readonly onDiscard: (digests: readonly string[]) => void;
}

function Letters({ letters, onRedrive, onDiscard }: Selectable) {
  const selected = useSignal<ReadonlySet<string>>(new Set());
  const named = namedBy(letters, selected.value);
  const all = namedBy(letters, new Set(letters.map(({ digest }) => digest)));
  const isAll = named.length > 0 && named.length === all.length;
  const choose = (digests: readonly string[], isChosen: boolean): void => {
    const next = new Set(selected.value);
    for (const digest of digests)
      if (isChosen) next.add(digest);
      else next.delete(digest);
    selected.value = next;
  };
  return (
    <>
      <div class="buttons">
        <FirstOfThem
          count={all.length}
          onChoose={(first) => {
            selected.value = new Set(all.slice(0, first));
          }}
        />
        <button type="button" disabled={named.length === 0} onClick={() => onRedrive(named)}>
          Redrive {named.length} selected…
        </button>
        <button type="button" disabled={named.length === 0} onClick={() => onDiscard(named)}>
          Discard {named.length} selected…
        </button>
        {letters.length > MAX_NAMED && <span class="dim">At most {MAX_NAMED} at a time.</span>}
      </div>
      <table class="list">
        <caption class="hidden">Dead letters</caption>
        <thead>
          <tr>
            <th scope="col">
              <label>
                <input
                  type="checkbox"
                  checked={isAll}
                  onChange={({ currentTarget }) => choose(all, currentTarget.checked)}
                />{' '}
                all
              </label>
            </th>
            <th scope="col">event</th>
            <th scope="col">order</th>
            <th scope="col">why it is dead</th>
            <th scope="col">attempts</th>
          </tr>
        </thead>
        <tbody>
          {letters.map((letter, index) => (
            // Copies of one message share their digest.
            <Letter
              key={`${letter.digest} ${index}`}
              letter={letter}
              isChosen={selected.value.has(letter.digest)}
              choose={choose}
            />
          ))}
        </tbody>
      </table>
    </>
  );
}

interface Choosable {
  readonly letter: DeadLetter;
  readonly isChosen: boolean;
  readonly choose: (digests: readonly string[], isChosen: boolean) => void;
}

function Letter({ letter, isChosen, choose }: Choosable) {
  const { digest, type, orderId, reason, lastError, attempts, bytes, body } = letter;
  return (
    <tr>
      <td>
        <input
          type="checkbox"
          data-row
          aria-label={`select ${type ?? 'the message'} ${orderId ?? digest}`}
          checked={isChosen}
          onChange={({ currentTarget }) => choose([digest], currentTarget.checked)}
        />
      </td>
      <td>{type ?? 'without a type'}</td>
      <td>{orderId === undefined ? 'of no order' : <a href={`/sagas/${orderId}`}>{orderId}</a>}</td>
      <td class="why">
        {reason}
        {lastError !== undefined && !reason.includes(lastError) && `: ${lastError}`}
        <details>
          <summary>its body, {bytes} bytes</summary>
          <pre>{body}</pre>
        </details>
      </td>
      <td>{attempts}</td>
    </tr>
  );
}
