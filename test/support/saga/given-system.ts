import { signToken } from '../../../infra/local/identity/sign-token.ts';
import type { System } from '../../../infra/local/system.ts';

/** Where a system that runs already is: all of these, or none. */
const variables = {
  api: 'SAGA_API_URL',
  lambda: 'SAGA_LAMBDA_URL',
  rabbitmq: 'SAGA_RABBITMQ_URL',
  dynamodb: 'SAGA_DYNAMODB_URL',
  payments: 'SAGA_PAYMENTS_URL',
  issuer: 'SAGA_ISSUER_URL',
} as const;

export type Given = {
  readonly urls: System['urls'];
  readonly stage: string;
  /** Where the issuer's key is. */
  readonly dataDir: string;
  /** What the system was started with. */
  readonly retryDelays: string;
};

/** What `givenSystem` reads, for a suite that runs in a process of its own. */
export const variablesOf = ({ urls, stage, dataDir, retryDelays }: Given): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(variables).map(([part, name]) => [name, urls[part as keyof typeof variables]]),
  ),
  SAGA_STAGE: stage,
  SAGA_DATA_DIR: dataDir,
  SAGA_RETRY_DELAYS: retryDelays,
});

/**
 * A system that somebody else has started, by its endpoints: LocalStack's, or another serverless-offline's. Its
 * tokens are signed with the issuer's key in SAGA_DATA_DIR. It has no parts to kill, and it is not stopped.
 */
export function givenSystem(shell: NodeJS.ProcessEnv): System | undefined {
  const names = [...Object.values(variables), 'SAGA_DATA_DIR', 'SAGA_RETRY_DELAYS'];
  const missing = names.filter((name) => !shell[name]);
  if (missing.length === names.length) return undefined;
  if (missing.length > 0) throw new Error(`not set: ${missing.join(', ')}`);
  const of = (name: string): string => shell[name] ?? '';
  const stage = shell.SAGA_STAGE || 'local';
  const urls = Object.fromEntries(
    Object.entries(variables).map(([part, name]) => [part, of(name)]),
  ) as unknown as System['urls'];
  const refuse = () => Promise.reject(new Error('the given system is not ours to stop'));
  const part = { title: 'given', pid: undefined, start: refuse, stop: refuse, kill: refuse };
  return {
    urls,
    environment: {
      STAGE: stage,
      RETRY_DELAYS: of('SAGA_RETRY_DELAYS'),
      ORDER_TABLE: `order-saga-${stage}-order`,
      INVENTORY_TABLE: `order-saga-${stage}-inventory`,
      PAYMENT_TABLE: `order-saga-${stage}-payment`,
      RABBITMQ_URL: urls.rabbitmq,
    },
    parts: { rabbitmq: part, dynamodb: part, payments: part, issuer: part, api: part },
    signToken: (request) => signToken(of('SAGA_DATA_DIR'), { issuer: urls.issuer, ...request }),
    stop: () => Promise.resolve(),
    kill: refuse,
  };
}
