import type { StopRequest } from '../../infra/local/stop-request.ts';
import { runToEnd } from '../support/gate/supervised-command.ts';
import { type Given, variablesOf } from '../support/saga/given-system.ts';

/** Integration tests that ask of a system no more than that it is fresh: none of them kills a part of it. */
const files = ['saga', 'disorder', 'http-api'].map((name) => `test/integration/${name}.test.ts`);

const suiteCommand: readonly string[] = ['vitest', 'run', '--project', 'integration', ...files];

/** For a process that tests this system and no other: its broker is also the one that tests without a system share. */
const suiteEnvironment = (given: Given, shell: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...shell,
  ...variablesOf(given),
  RABBITMQ_URL: given.urls.rabbitmq,
});

/** Whether every test of the suite passed on the given system. Ends early, and as failed, when asked to stop. */
export async function passesSuite(given: Given, requests: StopRequest): Promise<boolean> {
  const environment = suiteEnvironment(given, process.env);
  const { exitCode } = await runToEnd(suiteCommand, { environment, isQuiet: false, ...requests });
  return exitCode === 0;
}
