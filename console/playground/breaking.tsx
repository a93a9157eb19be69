import { useSignal } from '@preact/signals';
import { DoButton } from './button.tsx';
import { act } from './control.ts';
import type { FaultOffer, PlaygroundState } from './wire.ts';

const DEFAULT_SECONDS = 10;
const SECONDS = [5, 10, 20, 30, 60];

/** Ways to break the system, each for some seconds, and what heals everything at once. */
export function Breaking({ state }: { readonly state: PlaygroundState }) {
  const { faults, broken, isUp, crowd } = state;
  const seconds = useSignal(DEFAULT_SECONDS);
  return (
    <section aria-labelledby="break">
      <h2 id="break">Break things</h2>
      <p>
        <label>
          For{' '}
          <select
            name="seconds"
            value={String(seconds.value)}
            onChange={({ currentTarget: { value } }) => {
              seconds.value = Number(value);
            }}
          >
            {SECONDS.map((each) => (
              <option key={each} value={String(each)}>
                {each} s
              </option>
            ))}
          </select>
        </label>{' '}
        or as long as that may be
      </p>
      <ul class="deeds">
        {faults.map((fault) => (
          <li key={fault.name}>
            <DoButton disabled={!isUp} run={() => strike(fault, seconds.value)}>
              {fault.about}
            </DoButton>
          </li>
        ))}
      </ul>
      <ul class="broken" aria-label="What is broken">
        {broken.map(({ fault, about, is, leftSeconds, failure }) => (
          <li key={fault}>
            <strong>✕ {about}</strong>: {is}
            {is === 'broken' && `, heals in ${leftSeconds} s`}
            {failure !== undefined && `. ${failure}`}
          </li>
        ))}
      </ul>
      {broken.length === 0 && <p class="calm">✓ Nothing is broken.</p>}
      <DoButton
        class="strong"
        disabled={broken.length === 0 && crowd.perSecond === 0}
        run={async () => {
          await act('heal', {});
          return '✓ done';
        }}
      >
        Heal everything
      </DoButton>
    </section>
  );
}

async function strike({ name, maxSeconds }: FaultOffer, wanted: number): Promise<string> {
  const seconds = Math.min(wanted, maxSeconds);
  await act('faults', { name, seconds });
  return `for ${seconds} s`;
}
