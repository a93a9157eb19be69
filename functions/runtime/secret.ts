/** So long a password that was changed may go on being used for new connections. */
const MAX_AGE_MS = 60_000;

interface Kept {
  readonly text: Promise<string>;
  readonly fetchedAtMs: number;
}

const kept = new Map<string, Kept>();

/**
 * Reads a secret from Secrets Manager, at most once a minute in each Lambda environment.
 *
 * With the SDK and not AWS's extension, which is another process in every environment and a layer whose version
 * differs by region. Loaded at its first use: a laptop, which has no secrets, never loads it.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html
 */
export function secret(id: string, nowMs: number = Date.now(), fetch = fetchSecret): Promise<string> {
  const known = kept.get(id);
  if (known !== undefined && nowMs - known.fetchedAtMs < MAX_AGE_MS) return known.text;
  const text = fetch(id);
  kept.set(id, { text, fetchedAtMs: nowMs });
  // What could not be had is asked for again at once.
  text.catch(() => kept.delete(id));
  return text;
}

async function fetchSecret(id: string): Promise<string> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const requestHandler = { requestTimeout: 3_000, connectionTimeout: 1_000 };
  const client = new SecretsManagerClient({ maxAttempts: 3, requestHandler });
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: id }));
    if (SecretString === undefined) throw new Error(`the secret ${id} is not a text`);
    return SecretString;
  } finally {
    client.destroy();
  }
}
