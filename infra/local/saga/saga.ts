import { application } from '../../application.ts';
import { forgetCloudAccount, loopbackOnly } from '../loopback-only.ts';
import { SetupError } from '../processes/setup-error.ts';
import { dataDirFrom } from '../project.ts';
import { runningSystem } from '../running-system.ts';
import { bankAt } from './bank.ts';
import { finalState } from './final-state.ts';
import { apiInvoke, slsInvoke } from './invoke.ts';
import { killFunctions } from './kill-functions.ts';
import { overhear } from './overhear.ts';
import { play, type Stage } from './play.ts';
import { readScenario, scenarioNames } from './scenario.ts';

/** `npm run saga -- NAME…|FILE…|--list`: plays scenarios through `sls invoke` against the running system. */
async function main(names: readonly string[]): Promise<number> {
  if (names.includes('--list')) {
    for (const name of scenarioNames()) console.log(`${name.padEnd(20)} ${readScenario(name).about}`);
    return 0;
  }
  if (names.length === 0) throw new SetupError('Usage: npm run saga -- NAME…|FILE…|--list');
  const scenarios = names.map(readScenario);
  const { ports, environment: own } = runningSystem(process.env);
  forgetCloudAccount();
  const environment = { ...loopbackOnly(process.env), ...own };
  const stageName = own.STAGE ?? 'local';
  const listener = await overhear(own.RABBITMQ_URL ?? '');
  const stage: Stage = {
    listener,
    invoke: slsInvoke(stageName, environment),
    watch: apiInvoke(stageName, environment),
    setProvider: providerAt(`http://127.0.0.1:${ports.payments}`),
    answerChallenge: bankAt(`http://127.0.0.1:${ports.payments}`),
    killFunctions: () => killFunctions(dataDirFrom(process.env), ports.lambda),
    report: console.log,
  };
  let failed = 0;
  try {
    for (const scenario of scenarios) {
      const { failure, variables } = await play(scenario, stage);
      const sagaId = variables[application.id.name];
      if (typeof sagaId === 'string') {
        for (const line of await finalState(sagaId, stage.watch)) console.log(line);
      }
      console.log(failure === undefined ? `✓ ${scenario.name}\n` : `✗ ${scenario.name}: ${failure}\n`);
      if (failure !== undefined) failed += 1;
    }
  } finally {
    await listener.end();
  }
  return failed === 0 ? 0 : 1;
}

const providerAt = (address: string) => async (ways: object) => {
  const response = await fetch(`${address}/sandbox/settings`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ways),
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok) throw new Error(`the payment sandbox answered ${response.status}`);
};

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isUnreachable = error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
  if (!(error instanceof SetupError) && !isUnreachable) throw error;
  console.error(
    isUnreachable
      ? 'The system that runs from this checkout does not answer yet. Wait until it is up.'
      : error.message,
  );
  process.exitCode = 2;
}
