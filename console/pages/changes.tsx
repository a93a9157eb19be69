import type { AuditPage } from '../../api/calls.ts';
import type { Service } from '../acts/on-dead-letters.ts';
import { SELDOM_MS, usePoll } from '../asking/poll.ts';
import { choreography } from '../declared.ts';
import { Answered, Moment } from '../shown.tsx';

export type Entry = AuditPage['items'][number] & { readonly service: string };

const MAX_SHOWN = 10;

/** What people did last, at all services: the audit of today, in UTC. */
export function Changes() {
  const view = usePoll('changes', SELDOM_MS, async (ask) => {
    const pages = await Promise.all(
      choreography.services.map(async (service) => {
        const query = { limit: MAX_SHOWN };
        const { items } = (await ask(`GET /audit/${service as Service}`, { query })).body;
        return items.map((each): Entry => ({ ...each, service }));
      }),
    );
    return pages
      .flat()
      .toSorted((one, other) => Date.parse(other.at) - Date.parse(one.at))
      .slice(0, MAX_SHOWN);
  });
  return (
    <Answered view={view.value} what="The audit">
      {(entries) =>
        entries.length === 0 ? (
          <p class="calm">Nobody has changed anything today.</p>
        ) : (
          <ChangeTable entries={entries} />
        )
      }
    </Answered>
  );
}

export const ChangeTable = ({ entries }: { readonly entries: readonly Entry[] }) => (
  <table class="list">
    <caption class="hidden">What people changed, the last first</caption>
    <thead>
      <tr>
        <th scope="col">when</th>
        <th scope="col">who</th>
        <th scope="col">what</th>
        <th scope="col">about</th>
        <th scope="col">why</th>
      </tr>
    </thead>
    <tbody>
      {entries.map(({ at, by, role, act, about, reason, service, requestId }) => (
        <tr key={`${at} ${requestId} ${act} ${about[0]}`}>
          <td>
            <Moment at={at} />
          </td>
          <td>
            {by} ({role})
          </td>
          <td>
            {act} at {service}
          </td>
          <td class="why">
            {about.slice(0, 3).map((each) => (
              <About key={each} name={each} />
            ))}
            {about.length > 3 && ` and ${about.length - 3} more`}
          </td>
          <td class="why">{reason}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

/** An order's id leads to its page. What else there is is only named. */
const About = ({ name }: { readonly name: string }) =>
  /^[a-z]+_[\w-]{16,}$/.test(name) ? <a href={`/sagas/${name}`}>{name}</a> : <span>{name} </span>;
