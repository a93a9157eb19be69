import { useSignal } from '@preact/signals';
import type { Product } from '../../api/calls.ts';
import { SELDOM_MS, usePoll } from '../asking/poll.ts';
import { Answered } from '../shown.tsx';
import { DoButton } from './button.tsx';
import { act } from './control.ts';
import { MAX_PER_SECOND, type PlaygroundState } from './wire.ts';

const MAX_PRODUCTS = 100;

/** Orders by a click: one for each payment method, a scenario as it is written, or a crowd. */
export function Orders({ state }: { readonly state: PlaygroundState }) {
  const chosen = useSignal<string | undefined>(undefined);
  const products = usePoll('products', SELDOM_MS, async (ask) => {
    const { body } = await ask('GET /stock', { query: { limit: MAX_PRODUCTS } });
    return body.items;
  });
  return (
    <section aria-labelledby="orders">
      <h2 id="orders">Place orders</h2>
      <Answered view={products.value} what="What there is to buy">
        {(items) => {
          const [first] = items;
          if (first === undefined) return <p>There is nothing to buy: put something on the shelf.</p>;
          const sku = chosen.value ?? first.sku;
          return (
            <>
              <p>
                <label>
                  One piece of{' '}
                  <select
                    name="sku"
                    value={sku}
                    onChange={({ currentTarget: { value } }) => {
                      chosen.value = value;
                    }}
                  >
                    {items.map((product) => (
                      <option key={product.sku} value={product.sku}>
                        {nameOf(product)}
                      </option>
                    ))}
                  </select>
                </label>{' '}
                with a card that
              </p>
              <ul class="deeds">
                {state.paymentMethods.map(({ name, about }) => (
                  <li key={name}>
                    <DoButton
                      disabled={!state.isUp}
                      run={async () => {
                        const said = await act('orders', { sku, quantity: 1, paymentMethod: name });
                        return `${(said as { readonly orderId: string }).orderId} is placed`;
                      }}
                    >
                      {about}
                    </DoButton>
                  </li>
                ))}
              </ul>
              <CrowdControl state={state} sku={sku} />
            </>
          );
        }}
      </Answered>
      <Scenarios state={state} />
    </section>
  );
}

const nameOf = ({ sku, available }: Product): string =>
  available === undefined ? sku : `${sku} (${available})`;

function CrowdControl({ state, sku }: { readonly state: PlaygroundState; readonly sku: string }) {
  const { perSecond, leftSeconds, accepted, refused } = state.crowd;
  const wanted = useSignal(5);
  return (
    <div class="crowd">
      <label>
        A crowd of{' '}
        <input
          type="range"
          name="crowd"
          min={0}
          max={MAX_PER_SECOND}
          value={wanted.value}
          onInput={({ currentTarget: { valueAsNumber } }) => {
            wanted.value = valueAsNumber;
          }}
        />{' '}
        <strong>{wanted.value}</strong> orders a second, for a minute
      </label>{' '}
      <DoButton
        disabled={!state.isUp}
        run={async () => {
          await act('crowd', { sku, perSecond: wanted.value });
          return '';
        }}
      >
        {wanted.value === 0 ? 'Send the crowd away' : 'Let them in'}
      </DoButton>
      <p class="dim">
        {perSecond > 0
          ? `● ${perSecond} a second, for ${leftSeconds} s more: `
          : accepted + refused > 0
            ? 'Nobody comes now: '
            : 'Nobody comes now. '}
        {accepted + refused > 0 && `${accepted} accepted, ${refused} refused`}
      </p>
    </div>
  );
}

function Scenarios({ state: { scenarios, played, isUp } }: { readonly state: PlaygroundState }) {
  return (
    <details>
      <summary>Scenarios, step by step</summary>
      <ul class="deeds">
        {scenarios.map(({ name, about }) => (
          <li key={name}>
            <DoButton
              disabled={!isUp || played?.is === 'playing'}
              run={async () => {
                await act('scenarios', { name });
                return '';
              }}
            >
              {name}
            </DoButton>{' '}
            <span class="dim">{about}</span>
          </li>
        ))}
      </ul>
      {played !== undefined && (
        <section aria-labelledby="played">
          <h3 id="played">
            {played.is === 'playing' ? '…' : played.is === 'as expected' ? '✓' : '✕'} {played.name}:{' '}
            {played.is}
          </h3>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
          <pre tabIndex={0}>{played.lines.join('\n')}</pre>
        </section>
      )}
    </details>
  );
}
