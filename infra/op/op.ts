import { SetupError } from '../local/processes/setup-error.ts';
import { connect } from './connect.ts';
import { erase } from './erase.ts';
import { runOperation } from './operation.ts';
import { retain } from './retain.ts';

/** `npm run op -- COMMAND`: each command is a file, and the function that it invokes does the work. IAM decides who may. */
const operations = [erase, retain];

try {
  process.exitCode = await runOperation(operations, process.argv.slice(2), connect, {
    say: console.log,
    complain: console.error,
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof SetupError ? 2 : 1;
}
