import { tableVariableOf } from '../../engine/environment/environment.ts';
import type { Saga } from '../../engine/saga/saga.ts';
import { application } from '../application.ts';
import { tableNameOf } from '../functions/variables.ts';
import { jwksPath } from './identity/issuer.ts';
import { tokenAudience } from './identity/sign-token.ts';
import { issuerUrl, type Ports } from './ports.ts';

export const region = 'eu-central-1';
export const stage = 'local';

export type Addresses = {
  readonly ports: Ports;
  readonly rabbitmqUrl: string;
  readonly servicePassword: string | undefined;
  readonly dynamodbEndpoint: string;
};

/** The variables that name the services' tables. */
export const tableVariables = (saga: Saga, ofStage: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    saga.services.map((service) => [tableVariableOf(service), tableNameOf(saga, service, ofStage)]),
  );

/** The sandbox allows any rate, and a laptop refuses nobody, unless the shell asks for it. */
const unlimited = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    ['PAYMENT_RATE_LIMIT', 'PAYMENT_ENDPOINT_RATE_LIMIT', 'MAX_WAITING'].map((name) => [
      name,
      process.env[name] || 'none',
    ]),
  );

/** The variables that serverless.yml reads from its environment and passes to every function. */
export function handlerEnvironment(addresses: Addresses): Readonly<Record<string, string>> {
  const { ports, rabbitmqUrl, servicePassword, dynamodbEndpoint } = addresses;
  return {
    STAGE: stage,
    RABBITMQ_URL: rabbitmqUrl,
    BROKER_PASSWORD: servicePassword ?? '',
    AWS_ENDPOINT_URL_DYNAMODB: dynamodbEndpoint,
    AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${ports.lambda}`,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    ...tableVariables(application, stage),
    SANDBOX_URL: `http://127.0.0.1:${ports.payments}`,
    STRIPE_API_BASE: `http://127.0.0.1:${ports.payments}`,
    STRIPE_SECRET_KEY: 'sk_test_local',
    STRIPE_WEBHOOK_SECRET_KEY: 'whsec_local',
    // For the sandbox only.
    STRIPE_WEBHOOK_URL: `http://127.0.0.1:${ports.api}/webhooks/stripe`,
    ...unlimited(),
    JWKS_URL: `${issuerUrl(ports)}${jwksPath}`,
    TOKEN_ISSUER: issuerUrl(ports),
    TOKEN_AUDIENCE: tokenAudience,
  };
}
