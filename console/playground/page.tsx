import { usePoll } from '../asking/poll.ts';
import { Answered } from '../shown.tsx';
import { Breaking } from './breaking.tsx';
import { read } from './control.ts';
import { Healing } from './healing.tsx';
import { Meters } from './meters.tsx';
import { Orders } from './orders.tsx';

/** What is broken runs by the second. */
const EACH_MS = 1_000;

/** Place orders, break things, and see that everything heals and nothing is lost. The console that is loaded has it only in `local`. */
export function PlaygroundPage() {
  const state = usePoll('playground', EACH_MS, () => read('state'));
  return (
    <main class="playground">
      <link rel="stylesheet" href="/playground.css" />
      <h1 tabIndex={-1}>Playground</h1>
      <p>Break this system of your own, and watch it heal. What you do here ends by itself.</p>
      <Answered view={state.value} what="The controls">
        {(known) => (
          <>
            {!known.isUp && <p>… The system is starting, or is being stopped.</p>}
            <div class="sides">
              <Orders state={known} />
              <Breaking state={known} />
            </div>
          </>
        )}
      </Answered>
      <Healing />
      <Meters />
    </main>
  );
}
