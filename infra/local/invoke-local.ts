import { stage } from './environment.ts';
import { loopbackOnly } from './loopback-only.ts';
import { SetupError } from './processes/setup-error.ts';
import { runningSystem } from './running-system.ts';

/** The parts of the Serverless Framework that are used here. */
type Serverless = {
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
    // The framework puts the functions' variables among the shell's before it comes to the hook.
    const shell = { ...process.env };
    this.hooks = {
      'before:invoke:local:invoke': () => {
        if (serverless.getProvider('aws').getStage() === stage) enter(shell, serverless.classes.Error);
      },
      // Lambda would freeze the connection to the broker; here it would keep the command from ending.
      'after:invoke:local:invoke': () => process.exit(),
    };
  }
}

function enter(shell: NodeJS.ProcessEnv, UserError: Serverless['classes']['Error']): void {
  try {
    const { environment } = runningSystem(shell);
    const kept = loopbackOnly(process.env);
    for (const name of Object.keys(process.env)) if (!(name in kept)) delete process.env[name];
    Object.assign(process.env, kept, environment);
  } catch (error) {
    throw error instanceof SetupError ? new UserError(error.message, 'NO_LOCAL_SYSTEM') : error;
  }
}
