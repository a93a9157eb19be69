import type { StopRequest } from '../../infra/local/stop-request.ts';
import { runToEnd } from '../support/gate/supervised-command.ts';
import { suiteFiles } from './files.ts';

const suiteCommand: readonly string[] = ['vitest', 'run', '--project', 'integration', ...suiteFiles];

/**
 * Whether every test of the suite passed on the system that these variables name. Ends early, and as failed, when
 * asked to stop.
 *
 * @param args for vitest, such as reporters
 */
export async function passesSuite(
  variables: NodeJS.ProcessEnv,
  requests: StopRequest,
  args: readonly string[] = [],
): Promise<boolean> {
  // The process tests this system and no other: its broker is also the one that tests without a system share.
  const environment = { ...variables, RABBITMQ_URL: variables.SAGA_RABBITMQ_URL };
  const command = [...suiteCommand, ...args];
  const { exitCode } = await runToEnd(command, { environment, isQuiet: false, ...requests });
  return exitCode === 0;
}
