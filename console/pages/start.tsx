import type { Counts, OpenPage } from '../../api/calls.ts';
import { lasting } from '../../infra/op/text/times.ts';
import type { Ask } from '../asking/granted.ts';
import type { View } from '../asking/pace.ts';
import { OFTEN_MS, SELDOM_MS, usePoll } from '../asking/poll.ts';
import { choreography } from '../declared.ts';
import { deadlineSecondsIn, markOfCount } from '../lists/marks.ts';
import { ageOfOldest, countTable, oldestFirst } from '../lists/oldest.ts';
import type { Query } from '../lists/query.ts';
import { brokerText } from '../lists/services.ts';
import { addressOf, place } from '../router.ts';
import { Answered, MarkText, Status } from '../shown.tsx';
import { Changes } from './changes.tsx';
import { DeadLettersInShort, lastKnown } from './dead-letters-in-short.tsx';
import { Ended } from './ended.tsx';
import { FailingServices } from './failing-services.tsx';
import { OpenFilter, OpenTable } from './open-table.tsx';

/** The longest list that a person reads. */
const MAX_LISTED = 100;

interface Listed {
  readonly page: OpenPage;
  /** What the list was asked for. */
  readonly olderThan: string | undefined;
}

/** The oldest of those that the address asks for. `known`: counts, which tell how old they are. */
async function listed(
  ask: Ask,
  { status, service, olderThan, cursor }: Query,
  known?: Counts,
): Promise<Listed> {
  const counts = known ?? (await ask('GET /sagas/counts')).body;
  const age = olderThan ?? (service === undefined ? ageOfOldest(counts, status) : undefined);
  const query: Query = {
    limit: MAX_LISTED,
    ...(age === undefined ? {} : { olderThan: age }),
    ...(status === undefined ? {} : { status }),
    ...(service === undefined ? {} : { service }),
    ...(cursor === undefined ? {} : { cursor }),
  };
  return { page: (await ask('GET /sagas', { query })).body, olderThan: age };
}

/** What needs somebody, without a click. */
export function StartPage() {
  // The API refuses a filter that is none, and says which there are.
  const query = place.value.query as Query;
  const counted = usePoll('counts', OFTEN_MS, async (ask) => (await ask('GET /sagas/counts')).body);
  const list = usePoll(`sagas ${JSON.stringify(query)}`, OFTEN_MS, (ask) =>
    listed(ask, query, counted.peek().data),
  );
  const health = usePoll('health', SELDOM_MS, async (ask) => (await ask('GET /health')).body);
  return (
    <main>
      <h1 tabIndex={-1}>What is stuck</h1>
      <p class="health" role="status">
        {healthText(health.value)} · {brokerText([...lastKnown.value.values()])}
      </p>
      <section aria-labelledby="open">
        <h2 id="open">Open sagas</h2>
        <Answered view={counted.value} what="How many sagas are open">
          {(counts) => (
            <CountTable
              counts={counts}
              deadlineSeconds={deadlineSecondsIn(list.value.data?.page.items ?? [])}
            />
          )}
        </Answered>
        <FailingServices sagas={list.value.data?.page.items ?? []} />
        <OpenFilter query={query} />
        <Answered view={list.value} what="Which sagas are open">
          {({ page: { items, cursor }, olderThan }) => (
            <OpenTable
              sagas={oldestFirst(items)}
              next={
                cursor === undefined ? undefined : addressOf('/', { ...place.value.query, olderThan, cursor })
              }
              olderThan={olderThan}
              isFiltered={Object.keys(query).length > 0}
            />
          )}
        </Answered>
      </section>
      <section aria-labelledby="dead">
        <h2 id="dead">Dead letters</h2>
        <div class="columns">
          {choreography.services.map((service) => (
            <DeadLettersInShort key={service} name={service} />
          ))}
        </div>
      </section>
      <section aria-labelledby="ended">
        <h2 id="ended">How sagas ended today</h2>
        <Ended />
      </section>
      <section aria-labelledby="changes">
        <h2 id="changes">What people changed today</h2>
        <Changes />
      </section>
    </main>
  );
}

function healthText({ data, failure }: View<unknown>): string {
  if (failure !== undefined) return `✕ the API does not answer: ${failure}`;
  return data === undefined ? '… asking the API' : '● the API answers';
}

interface Counted {
  readonly counts: Counts;
  readonly deadlineSeconds: number | undefined;
}

function CountTable({ counts, deadlineSeconds }: Counted) {
  const { ages, rows } = countTable(counts);
  const { total, oldest, at, isWhole } = counts;
  const age =
    oldest === undefined ? '' : `, the oldest for ${lasting((Date.parse(at) - Date.parse(oldest)) / 1_000)}`;
  return (
    <>
      <p class="total">
        <strong>{isWhole ? total : `More than ${total}`}</strong> open{age}
      </p>
      {rows.length > 0 && (
        <table class="counts">
          <caption class="hidden">Open sagas by status and age</caption>
          <thead>
            <tr>
              <th scope="col">status</th>
              {ages.map(({ olderThan, youngerThan }) => (
                <th key={olderThan} scope="col">
                  {youngerThan === undefined ? `${olderThan} and older` : `${olderThan} to ${youngerThan}`}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ status, cells }) => (
              <tr key={status}>
                <th scope="row">
                  <a href={addressOf('/', { status })}>
                    <Status status={status} />
                  </a>
                </th>
                {cells.map((cell, index) => {
                  const olderThan = ages[index]?.olderThan;
                  if (cell === undefined) return <td key={olderThan}>0</td>;
                  const mark = markOfCount(cell, deadlineSeconds);
                  return (
                    <td key={olderThan} class={mark}>
                      <a href={addressOf('/', { status, olderThan })}>{cell.count}</a>{' '}
                      <MarkText mark={mark} />
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
