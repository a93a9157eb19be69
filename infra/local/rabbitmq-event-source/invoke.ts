import {
  InvokeCommand,
  LambdaClient,
  type LambdaClientConfig,
  LambdaServiceException,
} from '@aws-sdk/client-lambda';
import { messageOf } from './log.ts';

/**
 * `failed`: the function ran, or may have run. `refused`: it did not run, because the endpoint did not answer, or the
 * function does not exist or is throttled.
 */
export type Outcome =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string };

export type Invoke = (functionName: string, payload: Buffer, timeoutMs: number) => Promise<Outcome>;

export type LambdaEndpoint = {
  readonly invoke: Invoke;
  readonly close: () => void;
};

/**
 * Shared by all mappings, each of which limits its own calls. No limit here: with the SDK's 50 connections, a call
 * could wait for one while the function's timeout runs.
 */
const connections = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY };

/** `isEmulated`: this endpoint does not check signatures. */
export function lambdaEndpoint(
  endpoint: string,
  region: string,
  isEmulated = needsNoCredentials(endpoint),
): LambdaEndpoint {
  const client = new LambdaClient({
    endpoint,
    region,
    // The caller decides on retries. The SDK's own retry would invoke a function twice without the caller's knowledge.
    maxAttempts: 1,
    requestHandler: { httpAgent: connections, httpsAgent: connections },
    ...(isEmulated && { credentials: emulatedCredentials, signer: unsigned(region) }),
  });
  return {
    close: () => client.destroy(),
    invoke: async (functionName, payload, timeoutMs) => {
      const command = new InvokeCommand({
        FunctionName: functionName,
        InvocationType: 'RequestResponse',
        Payload: payload,
      });
      try {
        const response = await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
        if (response.FunctionError !== undefined) {
          return { kind: 'failed', reason: functionError(response.FunctionError, response.Payload) };
        }
        return isLambdaAnswer(response.Payload) ? { kind: 'succeeded' } : notLambda(endpoint, 200);
      } catch (error) {
        return describeRefusal(error, functionName, endpoint, timeoutMs);
      }
    },
  };
}

/** An emulator on this machine needs no credentials. If some are set, they are used: they may name its account. */
function needsNoCredentials(endpoint: string): boolean {
  const { hostname } = new URL(endpoint);
  const isThisMachine = /^(localhost|127(\.\d+){3}|0\.0\.0\.0|\[::1?\])$/.test(hostname);
  return isThisMachine && process.env.AWS_ACCESS_KEY_ID === undefined;
}

const emulatedCredentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** A signature is two fifths of a call's cost, and an emulator reads only the region in it. */
function unsigned(region: string): NonNullable<LambdaClientConfig['signer']> {
  const scope = `${emulatedCredentials.accessKeyId}/20260101/${region}/lambda/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`;
  return {
    sign: (request) => {
      request.headers.authorization = authorization;
      return Promise.resolve(request);
    },
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_ResponseElements */
function functionError(kind: string, payload: Uint8Array | undefined): string {
  const body = Buffer.from(payload ?? []).toString();
  try {
    const { errorType, errorMessage } = JSON.parse(body) as { errorType?: unknown; errorMessage?: unknown };
    return `${kind}: ${String(errorType)}: ${String(errorMessage)}`;
  } catch {
    return `${kind}: ${body.slice(0, 200)}`;
  }
}

/**
 * Lambda answers with JSON or with nothing. If another web server answers at this address, it must not empty the queue.
 * The content type is no help: serverless-offline calls a text `text/html`, and quotes it without escaping.
 */
function isLambdaAnswer(payload: Uint8Array | undefined): boolean {
  const start = Buffer.from(payload?.subarray(0, 64) ?? []).toString();
  return /^\s*($|["[{\d-]|true|false|null)/.test(start);
}

function notLambda(endpoint: string, status: number): Outcome {
  return { kind: 'refused', reason: `${endpoint} does not answer as Lambda does (status ${status})` };
}

const neverConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

function describeRefusal(error: unknown, functionName: string, endpoint: string, timeoutMs: number): Outcome {
  if (error instanceof LambdaServiceException) return describeStatus(error, functionName, endpoint);
  const status = statusOf(error);
  // Not an error of Lambda's and not a 5xx: another server answered.
  if (status >= 300 && status < 500) return notLambda(endpoint, status);
  const message = messageOf(error);
  const name = error instanceof Error ? error.name : '';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (neverConnected.has(code)) {
    return { kind: 'refused', reason: `Lambda cannot be reached at ${endpoint} (${code})` };
  }
  if (name === 'CredentialsProviderError') {
    return { kind: 'refused', reason: `no credentials for Lambda at ${endpoint}: ${message}` };
  }
  if (name === 'AbortError') {
    return { kind: 'failed', reason: `function ${functionName} has not answered within ${timeoutMs} ms` };
  }
  return { kind: 'failed', reason: `${message} (${endpoint})` };
}

/** Zero if there was no answer. The SDK adds the status to its error about an unreadable answer. */
function statusOf(error: unknown): number {
  if (!(error instanceof Error) || !('$metadata' in error)) return 0;
  return (error.$metadata as { readonly httpStatusCode?: number }).httpStatusCode ?? 0;
}

/**
 * Lambda's own event source mapping stops at an unrecoverable error, and the messages stay in the queue until an
 * operator has fixed it. Here they are kept too. https://docs.aws.amazon.com/lambda/latest/dg/services-mq-errors.html
 */
function describeStatus(error: LambdaServiceException, functionName: string, endpoint: string): Outcome {
  const status = error.$metadata.httpStatusCode ?? 500;
  const said = `${status} ${error.name}: ${error.message}`;
  switch (status) {
    case 404:
      return { kind: 'refused', reason: `function ${functionName} is unknown at ${endpoint}` };
    case 413:
      return {
        kind: 'refused',
        reason: `Lambda at ${endpoint} takes no event that large (${said}): a smaller batchSize may help`,
      };
    case 429:
      return { kind: 'refused', reason: `function ${functionName} is throttled` };
    default:
      if (status >= 500) return { kind: 'failed', reason: `Lambda at ${endpoint} failed (${said})` };
      return { kind: 'refused', reason: `Lambda at ${endpoint} refuses to invoke ${functionName} (${said})` };
  }
}
