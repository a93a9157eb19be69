import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shop } from '../../functions/shop.ts';
import {
  auditOf,
  consumerOf,
  counterOf,
  deadLettersOf,
  readerOf,
} from '../../infra/functions/participant-functions.ts';
import { participantPayloads } from '../../infra/functions/payloads.ts';
import type { PartFailure } from '../../infra/local/processes/part.ts';
import { projectDir } from '../../infra/local/project.ts';
import { killFunctions } from '../../infra/local/saga/kill-functions.ts';
import { type Listener, overhear } from '../../infra/local/saga/overhear.ts';
import { play, type Stage } from '../../infra/local/saga/play.ts';
import { readScenario, scenarioNames } from '../../infra/local/saga/scenario.ts';
import { Command } from '../support/local-system/start-command.ts';
import { audit } from '../support/saga/audit.ts';
import { inParallel } from '../support/saga/client.ts';
import { isDeadly, stageIn } from '../support/saga/scenario-stage.ts';
import { startWorld, type World } from '../support/saga/world.ts';
import { readWiring } from '../support/wiring.ts';

/** Goal: what a person types about a system of this machine. The scenarios that kill nothing are in scenarios.test.ts. */
const run = promisify(execFile);
const sls = join(projectDir, 'node_modules/serverless/bin/serverless.js');

let world: World;
let listener: Listener;
let stage: Stage;
let environment: NodeJS.ProcessEnv;
let dataDir: string;
/** The processes that ran the functions, before and after. */
const killed: (readonly (number | undefined)[])[] = [];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'order-saga-'));
  // As `npm start` does it.
  const onUnexpectedEnd = ({ part }: PartFailure) => void part.start();
  world = await startWorld({}, { dataDir, onUnexpectedEnd });
  environment = { ...process.env, DATA_DIR: dataDir };
  listener = await overhear(world.system.urls.rabbitmq);
  stage = {
    ...stageIn(world, listener),
    killFunctions: async () => {
      const before = world.system.parts.api.pid;
      await killFunctions(dataDir, Number(new URL(world.system.urls.lambda).port));
      killed.push([before, world.system.parts.api.pid]);
    },
    report: () => {},
  };
});
afterAll(async () => {
  await listener?.end();
  await world?.end();
});

const deadly = scenarioNames().map(readScenario).filter(isDeadly);

test.each(deadly)(
  '$name ends as it says; the functions were really killed, and others are there',
  async (scenario) => {
    killed.length = 0;
    const { failure } = await play(scenario, stage);
    expect(failure).toBeUndefined();
    expect(killed).toHaveLength(1);
    const [before, after] = killed[0] ?? [];
    expect([before, after]).toEqual([expect.any(Number), expect.any(Number)]);
    expect(before).not.toBe(after);
    expect((await audit(world)).violations).toEqual([]);
  },
  120_000,
);

describe('npm run saga', () => {
  const saga = (...args: readonly string[]) =>
    new Command('infra/local/saga/saga.ts', args, { DATA_DIR: dataDir }).ended;

  test('plays what is named, prints the steps and what became of the order, and ends with 0', async () => {
    const { exitCode, stdout, stderr } = await saga('declined');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(
      / {2}2\. Alice orders[\s\S]*payment\.declined[\s\S]*order +CANCELLED +PAYMENT_DECLINED/,
    );
    expect(stdout.trim().split('\n').at(-1)).toBe('✓ declined');
  });

  test('ends with 1 if something else came than was expected, after all that were named', async () => {
    const file = join(dataDir, 'mine.yml');
    const step = 'step: Look\n    invoke: list-stock\n    as: alice\n    expect: { status: 418 }';
    writeFileSync(file, `about: mine\nsteps:\n  - ${step}\n`);
    const { exitCode, stdout } = await saga(file, file);
    expect(exitCode).toBe(1);
    expect(stdout.match(/✗ mine: Look: answer\.status is 200 instead of 418/g)).toHaveLength(2);
  });
});

describe('sls invoke local', () => {
  const functions = Object.keys(readWiring().serverless.functions);

  /** The function's file, or what follows from the declaration for one that every participant has. */
  const payloadOf = (name: string): readonly string[] => {
    const file = `test/events/${name}.json`;
    if (existsSync(join(projectDir, file))) return ['-p', file];
    return ['-d', JSON.stringify(participantPayloads(shop).get(name)?.())];
  };

  /** The order has no stock to take: who comes later may or may not have heard of that yet. */
  const outcomesOf = (service: string) => {
    const { record } = shop.partOf(service);
    return {
      ...(record === undefined ? {} : { [readerOf(record)]: expect.stringMatching(/^(200|404)$/) }),
      [consumerOf(service)]: '',
      [deadLettersOf(service)]: '200',
      [auditOf(service)]: '200',
      [counterOf(service)]: expect.stringContaining('"deadLetters": '),
    };
  };

  test('runs every function with its payload, against the running system', {
    timeout: 180_000,
  }, async () => {
    const outcomeOf = async (name: string) => {
      const args = [sls, 'invoke', 'local', '--stage', 'local', '-f', name, ...payloadOf(name)];
      const options = { cwd: projectDir, env: environment, timeout: 60_000 };
      const { stdout } = await run(process.execPath, args, options).catch(
        ({ stdout: text }: { readonly stdout: string }) => ({ stdout: text }),
      );
      return [
        name,
        (/"(?:statusCode|errorMessage)": (.*?),?$/m.exec(stdout) ?? [])[1] ?? stdout.trim(),
      ] as const;
    };
    // The other payloads are about this product and this order.
    const first = ['put-stock', 'place-order'];
    const outcomes = [
      ...(await inParallel(first, 1, outcomeOf)),
      ...(await inParallel(
        functions.filter((name) => !first.includes(name)),
        2,
        outcomeOf,
      )),
    ];
    expect(Object.fromEntries(outcomes)).toEqual({
      ...{ authorizer: '"Unauthorized"', health: '200', specs: '200' },
      ...{ 'place-order': '202', 'get-order': '200', 'cancel-order': '202', 'list-orders': '200' },
      // The order may have ended by then.
      'nudge-order': expect.stringMatching(/^(202|409)$/),
      ...{ 'get-timeline': '200', 'list-sagas': '200', 'look-up': '200' },
      // A dry run, of an order that goes on or has ended a moment ago.
      erase: expect.stringMatching(/"forgotten": 0,\s+"open": [1-9],\s+"failed": 0/),
      retain: expect.stringContaining('"failed": 0'),
      ...{ 'put-stock': '200', 'receive-stock': '200', 'get-stock': '200', 'list-stock': '200' },
      'nudge-orders': expect.stringContaining('"failed": 0'),
      reconcile: expect.stringContaining('"disagreements": 0'),
      // Nothing is answered to a stack that is deleted, nor to a queue.
      topology: '',
      ...Object.assign({}, ...shop.services.map(outcomesOf)),
      ...{ 'get-reservation': '200', 'get-payment': '404', 'resolve-payment': '404' },
      // It was signed long ago.
      'stripe-webhook': '400',
    });
  });
});
