import type { Open } from '../lists/marks.ts';
import { failingIn } from '../lists/services.ts';
import { addressOf } from '../router.ts';

/** So many are enough to see what is down. */
const MAX_SHOWN = 5;

/** What services fail on at the sagas that are listed. */
export function FailingServices({ sagas }: { readonly sagas: readonly Open[] }) {
  const failing = failingIn(sagas).slice(0, MAX_SHOWN);
  if (failing.length === 0) return null;
  return (
    <ul class="groups" aria-label="What services fail on">
      {failing.map(({ service, error, sagas: count }) => (
        <li key={service + error}>
          <span>
            ✕ <a href={addressOf('/', { service })}>{service}</a> fails at <strong>{count}</strong> of those
            listed
          </span>
          <span class="why">{error}</span>
        </li>
      ))}
    </ul>
  );
}
