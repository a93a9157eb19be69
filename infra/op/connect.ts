import { signToken } from '../local/identity/sign-token.ts';
import { forgetCloudAccount } from '../local/loopback-only.ts';
import { issuerUrl } from '../local/ports.ts';
import { SetupError } from '../local/processes/setup-error.ts';
import { dataDirFrom } from '../local/project.ts';
import { runningSystem } from '../local/running-system.ts';
import { apiInvoke, type Invoke } from '../local/saga/invoke.ts';
import { type Ask, asking } from './ask.ts';
import type { Connect } from './operation.ts';

interface Api {
  readonly url: string;
  readonly token: string;
}

/** How systems are reached that a command may be about. */
export interface Ways {
  readonly send: typeof fetch;
  /** The API of the system that runs from this checkout. @throws SetupError if none runs */
  readonly localApi: () => Promise<Api>;
  /** Functions of a stage in AWS, or else of the system that runs from this checkout. @throws SetupError if none runs */
  readonly functions: (stage: string | undefined) => Invoke;
}

/**
 * A command is about one system, or is refused with a SetupError: one that was told of a stage does not ask the system of
 * this checkout. A token comes from the environment, as arguments are in the shell's history and in the list of processes.
 */
export const connecting =
  (shell: NodeJS.ProcessEnv, { send, localApi, functions }: Ways): Connect =>
  ({ stage, url: named }, interruption) => {
    const url = named ?? (shell.ORDER_SAGA_URL || undefined);
    let ask: Promise<Ask> | undefined;
    const connected = async (): Promise<Ask> => {
      if (stage !== undefined)
        throw new SetupError('This command asks the HTTP API: name it by --url, and no --stage.');
      const api = url === undefined ? await localApi() : deployed(url, shell.ORDER_SAGA_TOKEN);
      return asking(api.url, api.token, send, interruption);
    };
    return {
      ask: async (call, ...request) => {
        ask ??= connected();
        return await (await ask)(call, ...request);
      },
      invoke: async (...request) => {
        if (named !== undefined || (url !== undefined && stage === undefined))
          throw new SetupError(
            'This command invokes a function: name its --stage, and neither --url nor ORDER_SAGA_URL.',
          );
        return await functions(stage)(...request);
      },
    };
  };

/** @throws SetupError that does not tell the token */
function deployed(text: string, given: string | undefined): Api {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new SetupError('The URL has to be that of an API, such as https://api.example.com/prod.');
  if (url.protocol === 'http:' && !['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname))
    throw new SetupError(`${text} would send the token for all to read: use https.`);
  const token = given?.trim() ?? '';
  if (!/^[\w.~+/=-]+$/.test(token))
    throw new SetupError(
      token === ''
        ? 'Set ORDER_SAGA_TOKEN to a token of the issuer that this API trusts.'
        : 'ORDER_SAGA_TOKEN is not a token.',
    );
  return { url: `${url.origin}${url.pathname.replace(/\/+$/, '')}`, token };
}

/** Without a stage or a URL the system that runs from this checkout, as its operator, and never an AWS account. */
export const connect: Connect = connecting(process.env, {
  send: fetch,
  localApi: async () => {
    const { ports } = runningSystem(process.env);
    const issuer = issuerUrl(ports);
    return {
      url: `http://127.0.0.1:${ports.api}`,
      token: await signToken(dataDirFrom(process.env), { role: 'operator', issuer }),
    };
  },
  functions: (stage) => {
    if (stage !== undefined) return apiInvoke(stage, undefined);
    const { environment } = runningSystem(process.env);
    forgetCloudAccount();
    return apiInvoke(environment.STAGE ?? 'local', environment);
  },
});
