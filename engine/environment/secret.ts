import { limitAttempts } from './limit-attempts.ts';

/** A rotated secret may stay cached this long. */
const MAX_AGE_MS = 60_000;
/** Two attempts and the pause between them end within four seconds. */
const ATTEMPT_TIMEOUT_MS = 1_500;

interface Kept {
  readonly text: Promise<string>;
  readonly fetchedAtMs: number;
}

type Ask = (id: string) => Promise<string>;

const kept = new Map<string, Kept>();

/**
 * Reads a secret from Secrets Manager, at most once a minute in each Lambda environment.
 *
 * Uses the SDK and not AWS's extension, which is one more process in every environment and a layer whose version
 * differs by region. The SDK is loaded at the first use: a laptop has no secrets and never loads it.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html
 */
export function secret(id: string, nowMs: number = Date.now(), ask: Ask = fetchSecret): Promise<string> {
  const known = kept.get(id);
  if (known !== undefined && nowMs - known.fetchedAtMs < MAX_AGE_MS) return known.text;
  const text = ask(id);
  kept.set(id, { text, fetchedAtMs: nowMs });
  // A failed fetch is not cached.
  text.catch(() => kept.delete(id));
  return text;
}

/** Call it when the secret is refused: it may have been rotated, so the next read fetches it again. */
export function forgetSecret(id: string): void {
  kept.delete(id);
}

/** The current secret, or the one before the last rotation. https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html */
export async function fetchSecret(
  id: string,
  version: 'AWSCURRENT' | 'AWSPREVIOUS' = 'AWSCURRENT',
): Promise<string> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const requestHandler = {
    requestTimeout: ATTEMPT_TIMEOUT_MS,
    connectionTimeout: 1_000,
    throwOnRequestTimeout: true,
  };
  const client = new SecretsManagerClient({ maxAttempts: 2, requestHandler });
  limitAttempts(client, ATTEMPT_TIMEOUT_MS);
  try {
    const { SecretString } = await client.send(
      new GetSecretValueCommand({ SecretId: id, VersionStage: version }),
    );
    if (SecretString === undefined) throw new Error(`the secret ${id} is not a text`);
    return SecretString;
  } finally {
    client.destroy();
  }
}
