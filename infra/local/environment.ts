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

/** What serverless.yml reads from its environment and hands to every function. */
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
    ORDER_TABLE: `order-saga-${stage}-order`,
    INVENTORY_TABLE: `order-saga-${stage}-inventory`,
    PAYMENT_TABLE: `order-saga-${stage}-payment`,
    STRIPE_API_BASE: `http://127.0.0.1:${ports.payments}`,
    STRIPE_SECRET_KEY: 'sk_test_local',
    JWKS_URL: `${issuerUrl(ports)}${jwksPath}`,
    TOKEN_ISSUER: issuerUrl(ports),
    TOKEN_AUDIENCE: tokenAudience,
  };
}
