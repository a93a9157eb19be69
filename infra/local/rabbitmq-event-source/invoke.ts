import { InvokeCommand, LambdaClient, LambdaServiceException } from '@aws-sdk/client-lambda';
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

export function lambdaEndpoint(endpoint: string, region: string): LambdaEndpoint {
  const client = new LambdaClient({
    endpoint,
    region,
    // The caller decides what comes again and when; a retry in here would invoke a function twice behind its back.
    maxAttempts: 1,
    requestHandler: { httpAgent: { keepAlive: true }, httpsAgent: { keepAlive: true } },
    ...(needsNoCredentials(endpoint) && {
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    }),
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
        if (response.FunctionError === undefined) return { kind: 'succeeded' };
        return { kind: 'failed', reason: functionError(response.FunctionError, response.Payload) };
      } catch (error) {
        return describeRefusal(error, functionName, endpoint, timeoutMs);
      }
    },
  };
}

/** Emulators on this machine check no signature, so nobody has to make up credentials for them. */
function needsNoCredentials(endpoint: string): boolean {
  const { hostname } = new URL(endpoint);
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname) && process.env.AWS_ACCESS_KEY_ID === undefined;
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

const neverConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

function describeRefusal(error: unknown, functionName: string, endpoint: string, timeoutMs: number): Outcome {
  if (error instanceof LambdaServiceException) {
    const status = error.$metadata.httpStatusCode ?? 500;
    if (status === 404)
      return { kind: 'refused', reason: `function ${functionName} is unknown at ${endpoint}` };
    if (status === 429) return { kind: 'refused', reason: `function ${functionName} is throttled` };
    return { kind: status < 500 ? 'refused' : 'failed', reason: `${error.name}: ${error.message}` };
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (neverConnected.has(code)) {
    return { kind: 'refused', reason: `Lambda cannot be reached at ${endpoint} (${code})` };
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return { kind: 'failed', reason: `function ${functionName} has not answered within ${timeoutMs} ms` };
  }
  return { kind: 'failed', reason: `${messageOf(error)} (${endpoint})` };
}
