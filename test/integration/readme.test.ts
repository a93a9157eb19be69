import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { freePorts } from '../../infra/local/ports.ts';
import { projectDir } from '../../infra/local/project.ts';
import { requestsIn } from '../support/http-file.ts';
import { Command, portVariables } from '../support/local-system/start-command.ts';

/** Goal: what the README shows is what a reader gets. Method: its transcripts are compared with a run, line by line. */
const readme = readFileSync(join(projectDir, 'README.md'), 'utf8');
const dataDir = mkdtempSync(join(tmpdir(), 'order-saga-readme-'));
// A folder that is not there yet: the README shows the first start.
const environment = { DATA_DIR: join(dataDir, 'data'), ...portVariables(await freePorts()) };
const system = new Command('infra/local/start.ts', [], environment);

afterAll(async () => {
  system.child.kill('SIGINT');
  await system.ended;
  rmSync(dataDir, { recursive: true, force: true });
});

/** What the README shows of a command's output. */
function transcriptOf(command: string): readonly string[] {
  const [, block = ''] = readme.split(`\`\`\`\n$ ${command}\n`);
  const lines = block.slice(0, block.indexOf('```')).trimEnd().split('\n');
  if (lines.length < 2) throw new Error(`the README shows no output of ${command}`);
  return lines.map(withoutFigures);
}

/** Times, ports and versions differ from run to run. */
const withoutFigures = (line: string): string =>
  line
    .trimEnd()
    .replaceAll(/\d+\.\d+ s/g, '… s')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:…')
    .replaceAll(/RabbitMQ [\d.]+/g, 'RabbitMQ …')
    .replaceAll(/asked \d+×/g, 'asked …×');

test('npm start prints what the README shows', async () => {
  const shown = transcriptOf('npm start');
  await system.printed('everything is up');
  const printed = system.printedSoFar.split('\n').map(withoutFigures);
  const own = printed.slice(0, 1 + printed.findIndex((line) => line.includes('everything is up')));
  // Parts that start side by side are up in any order. A reader sees them all, and no other.
  expect(own.toSorted()).toEqual(shown.toSorted());
});

/** When an event is overheard, between which answers, differs from run to run; which come, and in which order, does not. */
const isEvents = (line: string): boolean => line.startsWith('     ← ');
const eventsIn = (lines: readonly string[]): readonly string[] =>
  lines
    .filter(isEvents)
    .flatMap((line) => line.slice(7).split(', '))
    // Any may be said twice.
    .filter((event, index, all) => event !== all[index - 1]);

test('a saga is played as the README shows', async () => {
  const { stdout, exitCode } = await new Command('infra/local/saga/saga.ts', ['declined'], environment).ended;
  expect(exitCode).toBe(0);
  const [printed, shown] = [
    stdout.trimEnd().split('\n').map(withoutFigures),
    transcriptOf('npm run -s saga -- declined'),
  ];
  expect(printed.filter((line) => !isEvents(line))).toEqual(shown.filter((line) => !isEvents(line)));
  expect(eventsIn(printed)).toEqual(eventsIn(shown));
});

test('docs/orders.http plays, from its first request to its last', async () => {
  const printed = system.printedSoFar;
  const [, token = ''] = /^TOKEN=(.+)$/m.exec(printed) ?? [];
  const [, api = ''] = /^ {2}API +(\S+)/m.exec(printed) ?? [];
  const requests = requestsIn(readFileSync(join(projectDir, 'docs/orders.http'), 'utf8'), { token, api });
  const play = async () => {
    const replies: { readonly status: number; readonly body: Record<string, unknown> }[] = [];
    for (const { method, url, headers, body = null } of requests) {
      const reply = await fetch(url, { method, headers, body });
      replies.push({ status: reply.status, body: (await reply.json()) as Record<string, unknown> });
    }
    return replies;
  };
  expect((await play()).map(({ status }) => status)).toEqual([202, 202, 202, 200, 200]);
  // The same keys are the same orders.
  const outcomes = async () => (await play()).slice(0, 3).map(({ body }) => body.status);
  await expect.poll(outcomes, { timeout: 20_000 }).toEqual(['CONFIRMED', 'CANCELLED', 'CANCELLED']);
});
