import { handlerEnvironment, stage } from './environment.ts';
import { portsFrom } from './ports.ts';
import { servicePassword } from './rabbitmq/accounts.ts';
import { privateNodeUrl } from './rabbitmq/private-node.ts';

/** The parts of the Serverless Framework that are used here. */
type Serverless = { readonly getProvider: (name: 'aws') => { getStage(): string } };

/**
 * `sls invoke local` in the local stage runs a function against the system that `npm start` has started, and never
 * against an AWS account. As everywhere, the shell's variables win.
 */
export default class InvokeLocalPlugin {
  readonly hooks: Readonly<Record<string, () => void>>;

  constructor(serverless: Serverless) {
    // Copied now, because the framework adds the functions' variables to process.env before it calls the hook.
    const shell = { ...process.env };
    this.hooks = {
      'before:invoke:local:invoke': () => {
        if (serverless.getProvider('aws').getStage() === stage)
          Object.assign(process.env, localSystem(shell));
      },
      // The open connection to the broker, which Lambda would freeze, would keep the command from ending.
      'after:invoke:local:invoke': () => process.exit(),
    };
  }
}

function localSystem(shell: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ports = portsFrom(shell);
  const defaults = handlerEnvironment({
    ports,
    rabbitmqUrl: privateNodeUrl(ports),
    servicePassword: shell.RABBITMQ_URL ? undefined : servicePassword,
    dynamodbEndpoint: shell.DYNAMODB_ENDPOINT || `http://127.0.0.1:${ports.dynamodb}`,
  });
  const isOurs = (name: string) => !name.startsWith('AWS_') || name.startsWith('AWS_ENDPOINT_URL_');
  const given = Object.keys(defaults).filter((name) => shell[name] && isOurs(name));
  return { ...defaults, ...Object.fromEntries(given.map((name) => [name, shell[name]])) };
}
