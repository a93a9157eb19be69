import { useSignal } from '@preact/signals';
import type { Timeline } from '../../api/calls.ts';
import type { Call } from '../../api/client.ts';
import { OFTEN_MS, usePoll } from '../asking/poll.ts';
import { choreography } from '../declared.ts';
import { Answered } from '../shown.tsx';

/** A record of an order, by what the API has calls for. */
type RecordIn<C> = C extends `GET /orders/{orderId}/${infer R}` ? Exclude<R, 'timeline'> : never;
type RecordName = RecordIn<Call>;

/** What each service keeps: what it was told, and what those outside have answered it. Asked for once somebody wants to see it. */
export function Records({ timeline: { orderId, participants } }: { readonly timeline: Timeline }) {
  const kept = participants.flatMap(({ service, status }) => {
    const name = choreography.records[service];
    return name === undefined || status === undefined ? [] : [{ service, name: name as RecordName }];
  });
  if (kept.length === 0) return null;
  return (
    <section aria-labelledby="records">
      <h2 id="records">What each service keeps of it</h2>
      {kept.map((each) => (
        <Kept key={each.service} sagaId={orderId} {...each} />
      ))}
    </section>
  );
}

interface Named {
  readonly sagaId: string;
  readonly service: string;
  readonly name: RecordName;
}

function Kept({ sagaId, service, name }: Named) {
  const isOpen = useSignal(false);
  return (
    <details
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open;
      }}
    >
      <summary>
        {name} of {service}
      </summary>
      {isOpen.value && <Record sagaId={sagaId} name={name} />}
    </details>
  );
}

function Record({ sagaId, name }: Omit<Named, 'service'>) {
  const view = usePoll(`${name} of ${sagaId}`, OFTEN_MS, async (ask) => {
    return (await ask(`GET /orders/{orderId}/${name}`, { path: { orderId: sagaId } })).body;
  });
  return (
    <Answered view={view.value} what={`The ${name}`}>
      {(record) => (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: https://dequeuniversity.com/rules/axe/4.11/scrollable-region-focusable
        <pre tabIndex={0}>{JSON.stringify(record, undefined, 2)}</pre>
      )}
    </Answered>
  );
}
