import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { type Ports, portsSchema, refuseOtherPorts } from './ports.ts';
import { PRIVATE_FILE } from './private-files.ts';
import { runningFrom } from './processes/identity-file.ts';
import { SetupError } from './processes/setup-error.ts';
import { dataDirFrom, startCommand } from './project.ts';

const schema = z.object({
  /** The process that wrote it. */
  pid: z.int(),
  ports: portsSchema,
  environment: z.record(z.string(), z.string()),
});

/** A system, for the commands that talk to it: where it listens, and the environment of its functions. */
export type RunningSystem = Readonly<z.infer<typeof schema>>;

/** Exists as long as a system runs on this data. */
export const supervisorFileOf = (dataDir: string): string => join(dataDir, 'run', 'supervisor.json');
const fileOf = (dataDir: string): string => join(dataDir, 'run', 'system.json');

/** Called by the process that claimed the data. A given broker's password may be in the environment. */
export function describeSystem(dataDir: string, description: Omit<RunningSystem, 'pid'>): void {
  const draft = `${fileOf(dataDir)}.${process.pid}`;
  writeFileSync(draft, JSON.stringify({ pid: process.pid, ...description }), { mode: PRIVATE_FILE });
  renameSync(draft, fileOf(dataDir));
}

/** The ports of the last system that ran on this data, whether it still runs or not. */
export const lastPorts = (dataDir: string): Ports | undefined => read(dataDir)?.ports;

/**
 * The system that runs from this checkout: the one on the data of this checkout, or of the folder that DATA_DIR names.
 * @throws SetupError if none does, or if the shell's variables name the ports of another one
 */
export function runningSystem(shell: NodeJS.ProcessEnv): RunningSystem {
  const dataDir = dataDirFrom(shell);
  const supervisor = runningFrom(supervisorFileOf(dataDir));
  const system = supervisor === undefined ? undefined : read(dataDir);
  if (system === undefined || system.pid !== supervisor?.pid) {
    throw new SetupError(
      `No system runs from this checkout (on the data in ${dataDir}). Start it with: ${startCommand}`,
    );
  }
  refuseOtherPorts(shell, system.ports);
  return system;
}

function read(dataDir: string): RunningSystem | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(fileOf(dataDir), 'utf8')));
  } catch {
    return undefined;
  }
}
