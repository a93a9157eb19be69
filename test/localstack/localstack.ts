import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSigningKey } from '../../infra/local/identity/signing-key.ts';
import { freePorts } from '../../infra/local/ports.ts';
import { canRunCompose } from '../../infra/local/processes/docker.ts';
import { listenForStopRequests, type StopRequest } from '../../infra/local/stop-request.ts';
import { passesSuite } from '../given/suite.ts';
import { runToEnd } from '../support/gate/supervised-command.ts';
import { variablesOf } from '../support/saga/given-variables.ts';
import { type Command, type ComposePorts, type Plan, planFor } from './plan.ts';
import { apiIdAt, prepare, untilConsumed } from './steps.ts';

/** Neither passed nor failed: nothing was run. */
const NOT_RUN = 77;
const INTERRUPTED = 130;

const requests = listenForStopRequests();

/**
 * `npm run test:localstack`: brings up LocalStack, deploys to it, runs the suite against it, takes it down again.
 * Ends with 0 if all is green, 1 if not, 77 without Docker.
 */
async function main(): Promise<number> {
  if (!(await canRunCompose())) {
    console.log('Not run: LocalStack needs a Docker engine that answers, and Docker Compose.');
    return NOT_RUN;
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'order-saga-localstack-'));
  const plan = planFor({ ports: await choosePorts(), dataDir, shell: process.env });
  try {
    // Before the issuer's container looks for it.
    await loadSigningKey(dataDir);
    const isGreen = await test(plan);
    console.log(isGreen ? '✓ green on LocalStack' : '✗ not green on LocalStack');
    return isGreen ? 0 : 1;
  } catch (error) {
    if (requests.stop.aborted) return INTERRUPTED;
    console.error(error instanceof Error ? error.message : error);
    await runToEnd(...withCommand(plan.logs));
    return 1;
  } finally {
    await takeDown(plan);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function test(plan: Plan): Promise<boolean> {
  await step('containers', () => run(plan.up));
  await step('tables, topology and users', () => prepare(plan));
  await step('deployment', () => run(plan.deploy));
  const apiId = await apiIdAt(plan.endpoint);
  await step('event source', () => untilConsumed(plan.rabbitmq));
  console.log('▶ suite');
  const isGreen = await passesSuite({ ...process.env, ...variablesOf(plan.given(apiId)) }, requests);
  requests.stop.throwIfAborted();
  return isGreen;
}

async function step(title: string, work: () => Promise<void>): Promise<void> {
  console.log(`▶ ${title}`);
  await work();
  requests.stop.throwIfAborted();
}

async function run(command: Command): Promise<void> {
  const { exitCode } = await runToEnd(...withCommand(command, requests));
  requests.stop.throwIfAborted();
  if (exitCode !== 0) throw new Error(`${command.command.join(' ')} ended with ${exitCode}`);
}

/** The first Ctrl-C is what leads here, so that only the second one ends it early. */
async function takeDown({ down }: Plan): Promise<void> {
  console.log('▶ taking it down');
  const { exitCode } = await runToEnd(...withCommand(down));
  if (exitCode !== 0) console.error(`It may still be there. Try again: ${down.command.join(' ')}`);
}

const untilKilled = () => ({ stop: new AbortController().signal, kill: requests.kill });

const withCommand = (
  { command, environment }: Command,
  stopRequest: StopRequest = untilKilled(),
): Parameters<typeof runToEnd> => [command, { environment, isQuiet: false, ...stopRequest }];

/** Ports that the shell names, and free ones for the rest. */
async function choosePorts(): Promise<ComposePorts> {
  const free = await freePorts();
  const chosen = (name: keyof ComposePorts, otherwise: number) => Number(process.env[name] || otherwise);
  return {
    RABBITMQ_PORT: chosen('RABBITMQ_PORT', free.rabbitmq),
    RABBITMQ_MANAGEMENT_PORT: chosen('RABBITMQ_MANAGEMENT_PORT', free.rabbitmqDist),
    LOCALSTACK_PORT: chosen('LOCALSTACK_PORT', free.lambda),
    PAYMENTS_PORT: chosen('PAYMENTS_PORT', free.payments),
    ISSUER_PORT: chosen('ISSUER_PORT', free.issuer),
  };
}

process.exit(await main());
