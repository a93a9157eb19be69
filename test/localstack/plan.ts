import { region } from '../../infra/local/environment.ts';
import { jwksPath } from '../../infra/local/identity/issuer.ts';
import { loopbackOnly } from '../../infra/local/loopback-only.ts';
import type { Given } from '../support/saga/given-variables.ts';
import { nobodyRefused } from '../support/saga/nobody-refused.ts';

export const stage = 'localstack';
const retryDelays = '200ms,400ms,800ms,1s,2s,4s';
const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: region };

/** The variables of docker-compose.yml that choose a port on this machine. */
export type ComposePorts = Readonly<
  Record<
    'RABBITMQ_PORT' | 'RABBITMQ_MANAGEMENT_PORT' | 'LOCALSTACK_PORT' | 'PAYMENTS_PORT' | 'ISSUER_PORT',
    number
  >
>;

export type Command = { readonly command: readonly string[]; readonly environment: NodeJS.ProcessEnv };

export type Plan = {
  readonly up: Command;
  readonly deploy: Command;
  readonly logs: Command;
  readonly down: Command;
  /** What this machine reaches; the functions reach the same by the names of the services. */
  readonly endpoint: string;
  readonly rabbitmq: string;
  readonly management: string;
  readonly retryDelays: string;
  /** For the suite, once the API has an id. */
  given(apiId: string): Given;
};

export type PlanOptions = {
  readonly ports: ComposePorts;
  /** Of this run alone; holds the issuer's key. */
  readonly dataDir: string;
  readonly shell: NodeJS.ProcessEnv;
};

/** Everything that a run on LocalStack does, as data. */
export function planFor({ ports, dataDir, shell }: PlanOptions): Plan {
  const project = `order-saga-localstack-${ports.LOCALSTACK_PORT}`;
  const onHost = (port: number) => `127.0.0.1:${port}`;
  const endpoint = `http://${onHost(ports.LOCALSTACK_PORT)}`;
  const issuer = `http://${onHost(ports.ISSUER_PORT)}`;
  const rabbitmq = `amqp://local:local@${onHost(ports.RABBITMQ_PORT)}`;
  const portTexts = Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)]));
  const compose = (...args: readonly string[]): Command => ({
    command: ['docker', 'compose', '--project-name', project, '--profile', stage, ...args],
    environment: { ...shell, ...portTexts, DATA_DIR: dataDir },
  });
  return {
    up: compose('up', '--detach', '--wait', '--wait-timeout', '600'),
    logs: compose('logs', '--no-color', '--tail', '40'),
    down: compose('down', '--volumes', '--remove-orphans'),
    deploy: {
      command: ['sls', 'deploy', '--stage', stage],
      environment: {
        ...loopbackOnly(shell),
        ...credentials,
        AWS_ENDPOINT_URL: endpoint,
        ...functionSettings(issuer),
      },
    },
    endpoint,
    rabbitmq,
    management: `http://local:local@${onHost(ports.RABBITMQ_MANAGEMENT_PORT)}`,
    retryDelays,
    given: (apiId) => ({
      urls: {
        // https://docs.localstack.cloud/aws/services/apigateway
        api: `${endpoint}/_aws/execute-api/${apiId}/${stage}`,
        ...{ lambda: endpoint, dynamodb: endpoint },
        payments: `http://${onHost(ports.PAYMENTS_PORT)}`,
        ...{ rabbitmq, issuer },
      },
      ...{ stage, dataDir, retryDelays },
    }),
  };
}

/**
 * Functions run in containers on the network of docker-compose.yml. An issuer is only a name in a token, so it may
 * be one that nobody but this machine can reach; its keys have to be fetched.
 */
const functionSettings = (issuer: string) => ({
  RABBITMQ_URL: 'amqp://rabbitmq:5672',
  BROKER_PASSWORD: 'local',
  STRIPE_API_BASE: 'http://payments:3010',
  JWKS_URL: `http://issuer:3011${jwksPath}`,
  TOKEN_ISSUER: issuer,
  RETRY_DELAYS: retryDelays,
  // Whatever the shell says: the event source's container and the suite know of one queue for each service.
  QUEUE_SHARDS: '1',
  NUDGE_SCHEDULE: 'false',
  // The sandbox allows any rate.
  PAYMENT_RATE_LIMIT: 'none',
  PAYMENT_ENDPOINT_RATE_LIMIT: 'none',
  MAX_WAITING: 'none',
  ...nobodyRefused,
});
