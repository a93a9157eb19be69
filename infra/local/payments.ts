import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { answers, type Ports } from './ports.ts';
import { OwnProcess } from './processes/own-process.ts';
import type { Part, PartFailure } from './processes/part.ts';
import { projectDir } from './project.ts';

export type PaymentsOptions = {
  readonly dataDir: string;
  readonly ports: Ports;
  readonly environment: Readonly<Record<string, string>>;
  readonly onUnexpectedEnd?: ((failure: PartFailure) => void) | undefined;
};

/** The payment provider of the local stage, with its ledger on disk. */
export function paymentSandbox(options: PaymentsOptions): Part {
  const { dataDir, ports, environment, onUnexpectedEnd } = options;
  const folder = join(dataDir, 'payments');
  mkdirSync(folder, { recursive: true });
  return new OwnProcess({
    title: 'Payment sandbox',
    key: 'payments',
    program: process.execPath,
    args: [join(projectDir, 'infra/local/payment-sandbox/main.ts')],
    environment: {
      PATH: process.env.PATH,
      ...environment,
      PORT: String(ports.payments),
      LEDGER_FILE: join(folder, 'ledger.jsonl'),
    },
    workingDir: projectDir,
    dataDir,
    probe: async () => {
      if (!(await answers(ports.payments))) throw new Error('not listening yet');
      return `Payment sandbox on 127.0.0.1:${ports.payments}`;
    },
    readyTimeoutMs: 15_000,
    stopTimeoutMs: 5_000,
    onUnexpectedEnd,
  });
}
