import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { OpenPage } from '../../api/calls.ts';
import { why } from '../../infra/op/text/standing.ts';
import { lasting } from '../../infra/op/text/times.ts';
import type { Ask } from '../asking/granted.ts';
import { OFTEN_MS, usePoll } from '../asking/poll.ts';
import { nowMs } from '../clock.ts';
import { Answered, Status } from '../shown.tsx';
import { DoButton } from './button.tsx';
import { act } from './control.ts';
import { compareOpen, type Seen, type SeenOpen } from './healed.ts';

const MAX_OPEN = 20;
const MAX_ENDED = 10;
/** How many are asked at once how they have ended. */
const MAX_ASKED = 5;

interface Ended extends Seen {
  readonly status: string;
  readonly afterSeconds: number;
}

/** Open sagas, and those that this page has seen to end. */
export function Healing() {
  const seen = useRef<SeenOpen>(new Map());
  const ended = useSignal<readonly Ended[]>([]);
  const open = usePoll('healing', OFTEN_MS, async (ask) => {
    const { body } = await ask('GET /sagas', { query: { limit: MAX_OPEN } });
    const compared = compareOpen(seen.current, body.items, Date.now());
    seen.current = compared.seen;
    const news = await Promise.all(compared.gone.slice(0, MAX_ASKED).map((each) => endOf(ask, each)));
    ended.value = [...news.flat(), ...ended.value].slice(0, MAX_ENDED);
    return body;
  });
  return (
    <section aria-labelledby="healing">
      <h2 id="healing">Sagas, as they heal</h2>
      <Answered view={open.value} what="Which sagas are open">
        {(page) => <OpenOnes page={page} />}
      </Answered>
      {ended.value.length > 0 && (
        <ul class="ended" aria-label="Ended just now">
          {ended.value.map(({ orderId, status, afterSeconds, wasHurt }) => (
            <li key={orderId}>
              ✓ <a href={`/sagas/${orderId}`}>{orderId}</a> {wasHurt ? 'healed' : 'ended'}:{' '}
              <Status status={status} /> after {lasting(afterSeconds)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** How a saga has ended that is open no more; nothing if it is, or nobody can tell now. */
async function endOf(ask: Ask, seen: Seen): Promise<readonly Ended[]> {
  try {
    const { body } = await ask('GET /orders/{orderId}/timeline', { path: { orderId: seen.orderId } });
    const { status, updatedAt } = body;
    if (status === 'PENDING' || status === 'CANCELLING') return [];
    const endMs = updatedAt === undefined ? Date.now() : Date.parse(updatedAt);
    return [{ ...seen, status, afterSeconds: Math.max(0, (endMs - seen.sinceMs) / 1_000) }];
  } catch {
    return [];
  }
}

function OpenOnes({ page: { items, cursor } }: { readonly page: OpenPage }) {
  if (items.length === 0) return <p class="calm">✓ Nothing is open.</p>;
  return (
    <table class="list">
      <caption>
        {items.length} open{cursor === undefined ? '' : ', and there are more'}
      </caption>
      <thead>
        <tr>
          <th scope="col">order</th>
          <th scope="col">status</th>
          <th scope="col">age</th>
          <th scope="col">what holds it up</th>
        </tr>
      </thead>
      <tbody>
        {items.map((saga) => (
          <tr key={saga.orderId}>
            <th scope="row">
              <a data-row href={`/sagas/${saga.orderId}`}>
                {saga.orderId}
              </a>
            </th>
            <td>
              <Status status={saga.status} />
            </td>
            <td class="age">{lasting(saga.ageSeconds)}</td>
            <td class="why">
              {why(saga, nowMs.value)}
              {saga.waitingFor === 'customer' && <Challenge orderId={saga.orderId} />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What the customer does at the page of the bank. */
function Challenge({ orderId }: { readonly orderId: string }) {
  const answer = (outcome: 'approve' | 'fail', said: string) => async () => {
    await act('challenges', { orderId, outcome });
    return said;
  };
  return (
    <span class="challenge">
      {' '}
      <DoButton run={answer('approve', 'approved')}>Approve 3-D Secure</DoButton>{' '}
      <DoButton run={answer('fail', 'failed')}>Fail it</DoButton>
    </span>
  );
}
