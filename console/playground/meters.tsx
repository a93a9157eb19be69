import { usePoll } from '../asking/poll.ts';
import { Answered } from '../shown.tsx';
import { read } from './control.ts';
import { moneyText, stockText, VERDICTS, worstOf } from './figures.ts';
import type { Meters as Read, Verdict } from './wire.ts';

const EACH_MS = 2_000;

/** What must hold whatever is broken: goods and money are conserved. */
export function Meters() {
  const meters = usePoll('meters', EACH_MS, () => read('meters'));
  return (
    <section aria-labelledby="meters">
      <h2 id="meters">What must hold</h2>
      <Answered view={meters.value} what="The meters">
        {(known) => <Known meters={known} />}
      </Answered>
    </section>
  );
}

function Known({ meters: { stock, money } }: { readonly meters: Read }) {
  return (
    <>
      <div class="columns">
        <section aria-labelledby="money">
          <h3 id="money">
            Money: <Judged verdict={money.verdict} />
          </h3>
          <p class="figures">{moneyText(money)}</p>
          {money.wrong.map((orderId) => (
            <p key={orderId}>
              ✕ <a href={`/sagas/${orderId}`}>{orderId}</a> has other money than is due.
            </p>
          ))}
        </section>
        <section aria-labelledby="stock">
          <h3 id="stock">
            Stock: <Judged verdict={worstOf(stock.map(({ verdict }) => verdict))} />
          </h3>
          <p class="dim">
            initial = available + held for orders. Initial is what was there at the first look, or at the last
            stocktake, with what came in since.
          </p>
        </section>
      </div>
      <table class="stock">
        <caption class="hidden">Stock by SKU</caption>
        <thead>
          <tr>
            <th scope="col">SKU</th>
            <th scope="col">initial = available + held</th>
            <th scope="col">it</th>
          </tr>
        </thead>
        <tbody>
          {stock.map((row) => (
            <tr key={row.sku}>
              <th scope="row">{row.sku}</th>
              <td class="figures">{stockText(row)}</td>
              <td>
                <Judged verdict={row.verdict} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Judged({ verdict }: { readonly verdict: Verdict }) {
  const [sign, words] = VERDICTS[verdict];
  return (
    <span class={`verdict ${verdict}`}>
      {sign} {words}
    </span>
  );
}
