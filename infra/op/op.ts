import { setTimeout as pause } from 'node:timers/promises';
import { SetupError } from '../local/processes/setup-error.ts';
import { cancel } from './cancel.ts';
import { connect } from './connect.ts';
import { deadLetters } from './dead-letters.ts';
import { discard } from './discard.ts';
import { ended } from './ended.ts';
import { erase } from './erase.ts';
import { nudge } from './nudge.ts';
import { runOperation } from './operation.ts';
import { reconcile } from './reconcile.ts';
import { redrive } from './redrive.ts';
import { retain } from './retain.ts';
import { sagas } from './sagas.ts';
import { show } from './show.ts';
import { tail } from './tail.ts';
import { plain } from './text/terminal.ts';

/**
 * `npm run op -- COMMAND`: each command is a file, and the API or the function that it calls does the work. The token's role
 * or IAM decides who may.
 */
const operations = [
  ...[sagas, ended, show, tail, nudge, cancel, deadLetters, redrive, discard],
  ...[reconcile, erase, retain],
];

const USUAL_COLUMNS = 80;

/** By Ctrl-C, or by whoever reads what is said and has enough of it, such as `head`. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  process.stdout.on('error', () => controller.abort());
  return controller.signal;
}

try {
  process.exitCode = await runOperation(operations, process.argv.slice(2), connect, {
    say: console.log,
    complain: console.error,
    columns: process.stdout.columns || USUAL_COLUMNS,
    now: Date.now,
    interruption,
    pause: (ms, signal) => pause(ms, undefined, { signal }).catch(() => {}),
  });
} catch (error) {
  console.error(plain(error instanceof Error ? error.message : String(error)));
  process.exitCode = error instanceof SetupError ? 2 : 1;
}
