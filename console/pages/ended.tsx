import { usePoll } from '../asking/poll.ts';
import { nowMs } from '../clock.ts';
import { latestEnds } from '../lists/ends.ts';
import { Answered, Status } from '../shown.tsx';

/** A call reads the index of a whole day, so it is made once a minute. */
const MINUTE_MS = 60_000;
const HOURS = 6;
const STATUSES = ['CONFIRMED', 'CANCELLED'];

/** How sagas ended in the last hours of this day, in UTC. */
export function Ended() {
  const day = new Date(nowMs.value).toISOString().slice(0, '2026-11-30'.length);
  const view = usePoll(`ended ${day}`, MINUTE_MS, async (ask) => {
    return (await ask('GET /sagas/ended/counts', { query: { day } })).body;
  });
  return (
    <Answered view={view.value} what="How sagas ended">
      {(counts) =>
        counts.total === 0 ? (
          <p class="calm">None yet.</p>
        ) : (
          <>
            <p class="total">
              <strong>{counts.isWhole ? counts.total : `More than ${counts.total}`}</strong> ended today
            </p>
            <table class="counts">
              <caption class="hidden">How sagas ended in each of the last hours</caption>
              <thead>
                <tr>
                  <th scope="col">from (UTC)</th>
                  {STATUSES.map((status) => (
                    <th key={status} scope="col">
                      <Status status={status} />
                    </th>
                  ))}
                  <th scope="col">cancelled</th>
                </tr>
              </thead>
              <tbody>
                {latestEnds(counts, STATUSES, HOURS).map(({ from, counts: each, cancelledPercent }) => (
                  <tr key={from}>
                    <th scope="row">{from}</th>
                    {each.map((count, index) => (
                      <td key={STATUSES[index]}>{count}</td>
                    ))}
                    <td>{cancelledPercent} %</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )
      }
    </Answered>
  );
}
