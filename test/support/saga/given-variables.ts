import { DEFAULT_RETRY_DELAYS } from '../../../engine/saga/routes.ts';
import { servicePassword } from '../../../infra/local/rabbitmq/accounts.ts';
import type { System } from '../../../infra/local/system.ts';

/** Where a system that runs already is: all of these, or none. */
export const endpoints = {
  api: 'SAGA_API_URL',
  lambda: 'SAGA_LAMBDA_URL',
  rabbitmq: 'SAGA_RABBITMQ_URL',
  dynamodb: 'SAGA_DYNAMODB_URL',
  payments: 'SAGA_PAYMENTS_URL',
  issuer: 'SAGA_ISSUER_URL',
} as const;

export const dataDirName = 'SAGA_DATA_DIR';
export const needed: readonly string[] = [...Object.values(endpoints), dataDirName];

/** What a system may be otherwise than the product is by itself. */
export const settings = {
  stage: { name: 'SAGA_STAGE', usual: 'local' },
  retryDelays: { name: 'SAGA_RETRY_DELAYS', usual: DEFAULT_RETRY_DELAYS },
  brokerPassword: { name: 'SAGA_BROKER_PASSWORD', usual: servicePassword },
} as const;

export const givenNames: ReadonlySet<string> = new Set([
  ...needed,
  ...Object.values(settings).map(({ name }) => name),
]);

export type Given = {
  readonly urls: System['urls'];
  /** Where the key is that its authorizer believes. */
  readonly dataDir: string;
} & Partial<Record<keyof typeof settings, string>>;

/** What `givenSystem` reads, for a suite that runs in a process of its own. */
export const variablesOf = ({ urls, dataDir, ...own }: Given): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(endpoints).map(([part, name]) => [name, urls[part as keyof typeof endpoints]]),
  ),
  [dataDirName]: dataDir,
  ...Object.fromEntries(
    Object.entries(own).map(([setting, value]) => [settings[setting as keyof typeof settings].name, value]),
  ),
});
