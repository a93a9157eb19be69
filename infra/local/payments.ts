import { join } from 'node:path';
import { answers, type Ports } from './ports.ts';
import { privateFolder } from './private-files.ts';
import { OwnProcess } from './processes/own-process.ts';
import type { Part, PartFailure } from './processes/part.ts';
import { isShop, projectDir } from './project.ts';

/** Who may call it, if the shell says more than this machine. */
const allowances = ({ ALLOWED_HOSTS, ALLOWED_ORIGINS }: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...(ALLOWED_HOSTS ? { ALLOWED_HOSTS } : {}),
  ...(ALLOWED_ORIGINS ? { ALLOWED_ORIGINS } : {}),
});

export type PaymentsOptions = {
  readonly dataDir: string;
  readonly ports: Ports;
  readonly environment: Readonly<Record<string, string>>;
  readonly onUnexpectedEnd?: ((failure: PartFailure) => void) | undefined;
};

/**
 * The local stand-in for external services, with a ledger on disk: the shop's payment provider, or for any other saga
 * a sandbox that answers whatever it is asked.
 */
export function paymentSandbox(options: PaymentsOptions): Part {
  const { dataDir, ports, environment, onUnexpectedEnd } = options;
  const title = isShop ? 'Payment sandbox' : 'Sandbox of the outside';
  const folder = join(dataDir, 'payments');
  privateFolder(folder);
  return new OwnProcess({
    title,
    key: 'payments',
    program: process.execPath,
    args: [
      join(
        projectDir,
        isShop ? 'infra/local/payment-sandbox/main.ts' : 'infra/local/outside-sandbox/main.ts',
      ),
    ],
    environment: {
      PATH: process.env.PATH,
      ...allowances(process.env),
      ...environment,
      PORT: String(ports.payments),
      LEDGER_FILE: join(folder, 'ledger.jsonl'),
    },
    workingDir: projectDir,
    dataDir,
    probe: async () => {
      if (!(await answers(ports.payments))) throw new Error('not listening yet');
      return `${title} on 127.0.0.1:${ports.payments}`;
    },
    readyTimeoutMs: 15_000,
    stopTimeoutMs: 5_000,
    onUnexpectedEnd,
  });
}
