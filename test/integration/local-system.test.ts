import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answers, freePorts, type Ports } from '../../infra/local/ports.ts';
import { Command, portVariables, runningProcesses } from '../support/local-system/start-command.ts';

const upLine = 'everything is up';

let dataDir: string;
let ports: Ports;
const commands: Command[] = [];

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'order-saga-start-'));
  ports = await freePorts();
});

afterEach(async () => {
  for (const { child } of commands) child.kill('SIGKILL');
  commands.length = 0;
  for (const pid of runningProcesses(dataDir).values()) process.kill(pid, 'SIGKILL');
  await expectNothingLeft();
  rmSync(dataDir, { recursive: true, force: true });
});

function run(entry: string, args: readonly string[] = [], environment: Record<string, string> = {}): Command {
  const command = new Command(entry, args, { DATA_DIR: dataDir, ...portVariables(ports), ...environment });
  commands.push(command);
  return command;
}

const start = () => run('infra/local/start.ts');

async function expectNothingLeft(): Promise<void> {
  await expect.poll(() => [...runningProcesses(dataDir)], { timeout: 20_000 }).toEqual([]);
  await expect
    .poll(() => Promise.all(Object.values(ports).map((port) => answers(port))), { timeout: 5_000 })
    .toEqual(Object.values(ports).map(() => false));
}

function lines(text: string): readonly string[] {
  return text.trim().split('\n');
}

function pidOf(name: string): number {
  const pid = runningProcesses(dataDir).get(name);
  if (pid === undefined) throw new Error(`${name} does not run`);
  return pid;
}

describe('npm start', () => {
  test('a taken port gives one line that names the port, its owner and the way out', async () => {
    const squatter = createServer().listen(ports.api, '127.0.0.1');
    const { exitCode, stderr } = await start().ended;
    await new Promise((resolve) => squatter.close(resolve));
    expect(exitCode).toBe(1);
    expect(lines(stderr)).toHaveLength(1);
    expect(stderr).toContain(`Port ${ports.api} is taken`);
    expect(stderr).toContain('HTTP API');
    expect(stderr).toContain('API_PORT=');
    await expectNothingLeft();
  });

  test('a given broker that does not answer gives one line, and what had started is stopped', async () => {
    const { exitCode, stderr } = await run('infra/local/start.ts', [], {
      RABBITMQ_URL: `amqp://nobody@127.0.0.1:${ports.rabbitmq}`,
    }).ended;
    expect(exitCode).toBe(1);
    expect(lines(stderr)).toHaveLength(1);
    expect(stderr).toContain('RABBITMQ_URL');
    await expectNothingLeft();
  });

  test('a second start is refused and harms nothing; a killed broker is replaced; SIGTERM leaves nothing', async () => {
    const first = start();
    await first.printed(upLine);
    const broker = pidOf('rabbitmq');

    const second = await start().ended;
    expect(second.exitCode).toBe(1);
    expect(lines(second.stderr)).toHaveLength(1);
    expect(second.stderr).toContain('already runs');
    const reset = await run('infra/local/reset.ts').ended;
    expect(reset.exitCode).toBe(1);
    expect(reset.stderr).toContain('stop it with Ctrl-C');
    expect(pidOf('rabbitmq')).toBe(broker);
    expect(await answers(ports.api)).toBe(true);

    process.kill(broker, 'SIGKILL');
    await first.printed('RabbitMQ ended (SIGKILL); starting it again');
    await expect.poll(() => answers(ports.rabbitmq), { timeout: 30_000 }).toBe(true);
    expect(pidOf('rabbitmq')).not.toBe(broker);

    first.child.kill('SIGTERM');
    const { exitCode, stderr } = await first.ended;
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    await expectNothingLeft();
  });

  test('what a killed supervisor left behind is ended by the next start, and the data is still there', async () => {
    const first = start();
    await first.printed('Sample stock');
    await first.printed(upLine);
    const orphans = ['rabbitmq', 'dynamodb', 'payments', 'serverless-offline'].map(pidOf);
    process.kill(pidOf('supervisor'), 'SIGKILL');
    await first.ended;
    expect(new Set(runningProcesses(dataDir).values())).toEqual(new Set(orphans));

    const second = start();
    await second.printed('ended RabbitMQ, left over');
    await second.printed('Stock from an earlier run');
    await second.printed(upLine);
    for (const pid of runningProcesses(dataDir).values()) expect(orphans).not.toContain(pid);

    second.child.kill('SIGINT');
    expect((await second.ended).exitCode).toBe(0);
    await expectNothingLeft();
  });

  test('the system stops by itself when only its bootstrap is killed', async () => {
    const command = start();
    await command.printed('✓ RabbitMQ');
    command.child.kill('SIGKILL');
    await expectNothingLeft();
  });

  test('Ctrl-C while it starts leaves nothing', async () => {
    const command = start();
    await command.printed('DynamoDB');
    await delay(500);
    command.child.kill('SIGINT');
    const { exitCode, stderr } = await command.ended;
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    await expectNothingLeft();
  });
});

describe('npm run token', () => {
  test('prints one signed token, also for a system that is still to be started on the issuer’s port', async () => {
    const { exitCode, stdout, stderr } = await run('infra/local/identity/token.ts', ['operator', 'otto'])
      .ended;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(lines(stdout)).toHaveLength(1);
    const [, payload = ''] = stdout.split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      iss: `http://127.0.0.1:${ports.issuer}`,
      aud: 'order-saga',
      sub: 'otto',
      role: 'operator',
    });
  });

  test('an unknown role is one plain line and exit code 2', async () => {
    const { exitCode, stdout, stderr } = await run('infra/local/identity/token.ts', ['king']).ended;
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(lines(stderr)).toHaveLength(1);
    expect(stderr).toContain('no role "king"');
  });

  test('no token is signed outside the local stage', async () => {
    const { exitCode, stdout, stderr } = await run('infra/local/identity/token.ts', [], { STAGE: 'prod' })
      .ended;
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('STAGE is "prod"');
  });
});
