import {
  InvokeCommand,
  LambdaClient,
  type LambdaClientConfig,
  LambdaServiceException,
} from '@aws-sdk/client-lambda';
import { messageOf } from './log.ts';

/**
 * `failed`: the function ran, or may have run. `refused`: it certainly did not run, because nobody answered, it does
 * not exist, or it is throttled.
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
 * Every mapping shares them, and each limits its own calls: one that waited here for a connection, of which the SDK
 * allows 50, would spend its function's time.
 */
const connections = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY };

/** `isEmulated`: at this endpoint nobody checks signatures. */
export function lambdaEndpoint(
  endpoint: string,
  region: string,
  isEmulated = needsNoCredentials(endpoint),
): LambdaEndpoint {
  const client = new LambdaClient({
    endpoint,
    region,
    // The caller decides what comes again and when; a retry in here would invoke a function twice behind its back.
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

/** Nobody has to make up credentials for an emulator on this machine; those that are set may name its account. */
function needsNoCredentials(endpoint: string): boolean {
  const { hostname } = new URL(endpoint);
  const isThisMachine = /^(localhost|127(\.\d+){3}|0\.0\.0\.0|\[::1?\])$/.test(hostname);
  return isThisMachine && process.env.AWS_ACCESS_KEY_ID === undefined;
}

const emulatedCredentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** A signature is two fifths of what a call costs; an emulator reads no more of it than the region. */
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
 * Lambda answers with JSON, or with nothing; a web server that is taken for it must not empty a queue. The content type
 * does not tell: serverless-offline calls a text `text/html`, and puts it in quotes without escaping those inside.
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
  // What says neither that it is Lambda nor that something broke down behind it.
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

/** Zero where there was no answer. The SDK adds the status to whatever it throws over an answer it cannot read. */
function statusOf(error: unknown): number {
  if (!(error instanceof Error) || !('$metadata' in error)) return 0;
  return (error.$metadata as { readonly httpStatusCode?: number }).httpStatusCode ?? 0;
}

/**
 * Lambda's own event source mapping stops at what it calls unrecoverable, and its messages stay in the queue until
 * somebody has put it right; here they are kept too. https://docs.aws.amazon.com/lambda/latest/dg/services-mq-errors.html
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
