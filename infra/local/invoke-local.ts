import { stage } from './environment.ts';
import { loopbackOnly } from './loopback-only.ts';
import { SetupError } from './processes/setup-error.ts';
import { runningSystem } from './running-system.ts';

/** The parts of the Serverless Framework that are used here. */
type Serverless = {
  readonly processedInput: { readonly commands: readonly string[] };
  readonly getProvider: (name: 'aws') => { getStage(): string };
  readonly classes: { readonly Error: new (message: string, code: string) => Error };
};

/**
 * `sls invoke local` on the laptop's stage runs a function against the system that `npm start` has brought up from this
 * checkout, and never against an AWS account or another system.
 */
export default class InvokeLocalPlugin {
  readonly hooks: Readonly<Record<string, () => void>>;

  constructor(serverless: Serverless) {
    const shell = { ...process.env };
    const isLocal = () =>
      serverless.processedInput.commands.join(' ') === 'invoke local' &&
      serverless.getProvider('aws').getStage() === stage;
    const ofSystem = () => environmentOfSystem(shell, serverless.classes.Error);
    this.hooks = {
      // Before the framework looks for the developer's credentials.
      initialize: () => {
        if (!isLocal()) return;
        for (const name of Object.keys(process.env)) delete process.env[name];
        Object.assign(process.env, loopbackOnly(shell), ofSystem());
      },
      // By now it has put the variables of serverless.yml over the system's.
      'before:invoke:local:invoke': () => {
        if (isLocal()) Object.assign(process.env, ofSystem());
      },
      // The open connection to the broker, which Lambda would freeze, would keep the command from ending.
      'after:invoke:local:invoke': () => process.exit(),
    };
  }
}

function environmentOfSystem(shell: NodeJS.ProcessEnv, UserError: Serverless['classes']['Error']) {
  try {
    return runningSystem(shell).environment;
  } catch (error) {
    throw error instanceof SetupError ? new UserError(error.message, 'NO_LOCAL_SYSTEM') : error;
  }
}
