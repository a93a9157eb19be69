import { why } from '../../infra/op/text/standing.ts';
import { lasting } from '../../infra/op/text/times.ts';
import { nowMs } from '../clock.ts';
import { choreography } from '../declared.ts';
import { markOf, type Open } from '../lists/marks.ts';
import type { Query } from '../lists/query.ts';
import { addressOf, goTo } from '../router.ts';
import { MarkText, nudgeText, Status, wordsOf } from '../shown.tsx';

interface Listed {
  readonly sagas: readonly Open[];
  /** The address of those behind these, if there may be any. */
  readonly next: string | undefined;
  readonly olderThan: string | undefined;
  readonly isFiltered: boolean;
}

/** Open sagas, each with what it waits for, and why. */
export function OpenTable({ sagas, next, olderThan, isFiltered }: Listed) {
  if (sagas.length === 0 && next !== undefined)
    return (
      <p>
        Of a thousand none is one of these. <a href={next}>Look further</a>, or narrow it down.
      </p>
    );
  if (sagas.length === 0)
    return <p class="calm">✓ {isFiltered ? 'No open saga is one of these.' : 'Nothing is open.'}</p>;
  return (
    <>
      <table class="list">
        <caption>{captionOf(sagas, next !== undefined, olderThan)}</caption>
        <thead>
          <tr>
            <th scope="col">order</th>
            <th scope="col" class="state">
              status
            </th>
            <th scope="col">age</th>
            <th scope="col">what holds it up</th>
            <th scope="col" class="nudge">
              next nudge
            </th>
          </tr>
        </thead>
        <tbody>
          {sagas.map((saga) => (
            <Row key={saga.orderId} saga={saga} />
          ))}
        </tbody>
      </table>
      {next !== undefined && (
        <p>
          <a href={next}>The next ones</a>
        </p>
      )}
    </>
  );
}

/** `2 of those that are at least 1h old, the oldest first: 1 past the deadline` */
function captionOf(sagas: readonly Open[], hasMore: boolean, olderThan: string | undefined): string {
  const marks = sagas.map((saga) => markOf(saga, nowMs.value));
  const marked = (['late', 'slow'] as const).flatMap((mark) => {
    const { length } = marks.filter((each) => each === mark);
    return length === 0 ? [] : [`${length} ${wordsOf(mark)}`];
  });
  const which = olderThan === undefined ? '' : ` of those that are at least ${olderThan} old`;
  const more = hasMore ? ', and there are more' : '';
  return [`${sagas.length}${which}${more}, the oldest first`, ...marked].join('; ');
}

function Row({ saga }: { readonly saga: Open }) {
  const { orderId, status, reason, ageSeconds, nextNudge } = saga;
  const mark = markOf(saga, nowMs.value);
  return (
    <tr class={mark}>
      <th scope="row">
        <a data-row href={`/sagas/${orderId}`}>
          {orderId}
        </a>
      </th>
      <td>
        <Status status={status} /> {reason?.code} <MarkText mark={mark} />
      </td>
      <td class="age">{lasting(ageSeconds)}</td>
      <td class="why">{why(saga, nowMs.value)}</td>
      <td class="age nudge">{nudgeText(nextNudge, nowMs.value)}</td>
    </tr>
  );
}

const STATUSES = ['PENDING', 'CANCELLING'];
const AGES = ['1m', '10m', '1h', '1d'];

/** Which open sagas are listed: the address says it, so that it can be sent to somebody. */
export function OpenFilter({ query }: { readonly query: Query }) {
  const choose = (name: keyof Query, label: string, values: readonly string[]) => (
    <label>
      {label}{' '}
      <select
        name={name}
        value={String(query[name] ?? '')}
        onChange={({ currentTarget: { value } }) =>
          // A place in one list is none in another.
          goTo(addressOf('/', { ...(query as Record<string, string>), cursor: '', [name]: value }))
        }
      >
        <option value="">any</option>
        {values.map((value) => (
          <option key={value} value={value}>
            {value}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <fieldset class="filter">
      <legend class="hidden">Which are listed</legend>
      {choose('status', 'status', STATUSES)}
      {choose('olderThan', 'at least so old', AGES)}
      {choose('service', 'stands at', choreography.services)}
      {Object.keys(query).length > 0 && <a href="/">all</a>}
    </fieldset>
  );
}
