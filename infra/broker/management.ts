import { type BrokerUser, HASHING_ALGORITHM, passwordHash } from './users.ts';

/** A user with its password. */
export interface Account {
  readonly user: BrokerUser;
  readonly password: string;
}

const TIMEOUT_MS = 10_000;
const UNAUTHORIZED = 401;

/**
 * Creates users, or sets the password and permissions of those that exist. Applying it again changes nothing. AMQP
 * cannot manage users, so this uses RabbitMQ's HTTP API, which Amazon MQ has too.
 * https://www.rabbitmq.com/docs/http-api-reference
 *
 * @param url the HTTP API with an administrator's credentials
 */
export async function applyUsers(
  url: string,
  accounts: readonly Account[],
  virtualHost = '/',
): Promise<void> {
  for (const { user, password } of accounts) {
    const name = encodeURIComponent(user.name);
    await put(url, `users/${name}`, {
      password_hash: passwordHash(password),
      hashing_algorithm: HASHING_ALGORITHM,
      tags: user.tags,
    });
    await put(url, `permissions/${encodeURIComponent(virtualHost)}/${name}`, user.permissions);
  }
}

/** Whether the HTTP API accepts these credentials. @throws Error if it answers neither 2xx nor 401 */
export async function isAccepted(url: string): Promise<boolean> {
  const response = await ask(url, 'whoami');
  await response.body?.cancel();
  if (response.ok || response.status === UNAUTHORIZED) return response.ok;
  throw new Error(`the broker's HTTP API answered ${response.status} to whoami`);
}

async function put(url: string, path: string, body: object): Promise<void> {
  const response = await ask(url, path, { method: 'PUT', body: JSON.stringify(body) });
  if (!response.ok) {
    throw new Error(`the broker's HTTP API answered ${response.status} to ${path}: ${await response.text()}`);
  }
  await response.body?.cancel();
}

function ask(url: string, path: string, request: RequestInit = {}): Promise<Response> {
  const { username, password, href } = new URL(`api/${path}`, url.endsWith('/') ? url : `${url}/`);
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return fetch(withoutCredentials(href), {
    ...request,
    headers: {
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      'content-type': 'application/json',
    },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
}

/** `fetch` refuses a URL with credentials in it. */
function withoutCredentials(href: string): URL {
  const url = new URL(href);
  url.username = '';
  url.password = '';
  return url;
}
