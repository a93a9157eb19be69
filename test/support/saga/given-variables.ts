import { DEFAULT_RETRY_DELAYS } from '../../../engine/saga/routes.ts';
import { servicePassword } from '../../../infra/local/rabbitmq/accounts.ts';
import type { System } from '../../../infra/local/system.ts';

/** The endpoints of a running system: all of them, or none. */
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

/** Settings in which a given system may differ from the product's defaults. */
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
  /** The folder of the key that its authorizer trusts. */
  readonly dataDir: string;
} & Partial<Record<keyof typeof settings, string>>;

/** The variables that `givenSystem` reads, for a suite in another process. */
export const variablesOf = ({ urls, dataDir, ...own }: Given): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(endpoints).map(([part, name]) => [name, urls[part as keyof typeof endpoints]]),
  ),
  [dataDirName]: dataDir,
  ...Object.fromEntries(
    Object.entries(own).map(([setting, value]) => [settings[setting as keyof typeof settings].name, value]),
  ),
});
