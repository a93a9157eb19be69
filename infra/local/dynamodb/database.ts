import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Ports } from '../ports.ts';
import { privateFolder } from '../private-files.ts';
import { canRunCompose, composeService } from '../processes/docker.ts';
import { elsewhere } from '../processes/elsewhere.ts';
import { OwnProcess } from '../processes/own-process.ts';
import type { Part, PartFailure } from '../processes/part.ts';
import { SetupError } from '../processes/setup-error.ts';
import { projectDir } from '../project.ts';

const dynoxide = join(projectDir, 'node_modules/@dynoxide/linux-x64/dynoxide');

export type DatabaseOptions = {
  readonly environment: NodeJS.ProcessEnv;
  readonly dataDir: string;
  readonly ports: Ports;
  readonly onUnexpectedEnd?: ((failure: PartFailure) => void) | undefined;
};

export type Database = {
  readonly part: Part;
  readonly endpoint: string;
  readonly usesOwnPorts: boolean;
};

/** Finds a DynamoDB to use: a given endpoint, the embedded emulator, or DynamoDB Local in Docker. */
export async function findDatabase(options: DatabaseOptions): Promise<Database> {
  const { environment, ports } = options;
  const given = environment.DYNAMODB_ENDPOINT;
  if (given !== undefined && given !== '') {
    const probe = async () => `DynamoDB on ${await answering(given)} (from DYNAMODB_ENDPOINT)`;
    return { part: elsewhere('DynamoDB', probe), endpoint: given, usesOwnPorts: false };
  }
  const endpoint = `http://127.0.0.1:${ports.dynamodb}`;
  if (existsSync(dynoxide)) return { part: embedded(options, endpoint), endpoint, usesOwnPorts: true };
  if (await canRunCompose()) {
    const probe = async () => `DynamoDB Local on ${await answering(endpoint)}`;
    const part = composeService({ title: 'DynamoDB', service: 'dynamodb', ports, probe });
    return { part, endpoint, usesOwnPorts: true };
  }
  throw new SetupError(
    `No DynamoDB was found: the embedded emulator has no build for ${process.platform}-${process.arch}. Start Docker, or set DYNAMODB_ENDPOINT to a DynamoDB Local, then run npm start again.`,
  );
}

function embedded(options: DatabaseOptions, endpoint: string): Part {
  const { dataDir, ports, onUnexpectedEnd } = options;
  const folder = join(dataDir, 'dynamodb');
  privateFolder(folder);
  return new OwnProcess({
    title: 'DynamoDB',
    key: 'dynamodb',
    program: dynoxide,
    args: [
      '--host',
      '127.0.0.1',
      '--port',
      String(ports.dynamodb),
      '--db-path',
      join(folder, 'tables.sqlite'),
    ],
    environment: { PATH: process.env.PATH },
    workingDir: folder,
    dataDir,
    probe: async () => `DynamoDB (dynoxide) on ${new URL(await answering(endpoint)).host}`,
    readyTimeoutMs: 15_000,
    stopTimeoutMs: 5_000,
    onUnexpectedEnd,
  });
}

/** Accepts any HTTP answer: emulators answer an unsigned request in different ways. */
async function answering(endpoint: string): Promise<string> {
  try {
    const response = await fetch(endpoint, { method: 'POST', signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return endpoint;
  } catch (error) {
    throw new SetupError(`DynamoDB does not answer on ${endpoint}`, { cause: error });
  }
}
