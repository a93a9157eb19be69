import { why } from '../../infra/op/text/standing.ts';
import { lasting } from '../../infra/op/text/times.ts';
import { nowMs } from '../clock.ts';
import { choreography } from '../declared.ts';
import { markOf, type Open } from '../lists/marks.ts';
import type { Query } from '../lists/query.ts';
import { addressOf, goTo } from '../router.ts';
import { MarkText, nudgeText, Status } from '../shown.tsx';

interface Listed {
  readonly sagas: readonly Open[];
  /** Whether there may be others behind these. */
  readonly hasMore: boolean;
  /** Whether so many were looked at that the API stopped before it found any. */
  readonly isUnfinished: boolean;
  readonly olderThan: string | undefined;
  readonly isFiltered: boolean;
}

/** Open sagas, each with what it waits for, and why. */
export function OpenTable({ sagas, hasMore, isUnfinished, olderThan, isFiltered }: Listed) {
  if (isUnfinished) return <p>Of the first thousands none is one of these. Narrow it down, or try again.</p>;
  if (sagas.length === 0)
    return <p class="calm">✓ {isFiltered ? 'No open saga is one of these.' : 'Nothing is open.'}</p>;
  const which = olderThan === undefined ? '' : ` of those that are at least ${olderThan} old`;
  return (
    <table class="list">
      <caption>
        {hasMore ? `${sagas.length}${which}, and there are more` : `${sagas.length}${which}`}, the oldest
        first
      </caption>
      <thead>
        <tr>
          <th scope="col">order</th>
          <th scope="col">status</th>
          <th scope="col">age</th>
          <th scope="col">what holds it up</th>
          <th scope="col">next nudge</th>
        </tr>
      </thead>
      <tbody>
        {sagas.map((saga) => (
          <Row key={saga.orderId} saga={saga} />
        ))}
      </tbody>
    </table>
  );
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
      <td class="age">{nudgeText(nextNudge, nowMs.value)}</td>
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
          goTo(addressOf('/', { ...(query as Record<string, string>), [name]: value }))
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
