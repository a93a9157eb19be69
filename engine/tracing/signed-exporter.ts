import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { required } from '../environment/environment.ts';

/**
 * An exporter to a collector that asks for a signature with the function's own credentials, as CloudWatch does. Lambda keeps
 * them in its environment: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function signedExporter(request: {
  readonly endpoint: string;
  readonly region: string;
  readonly timeoutMs: number;
}): SpanExporter {
  return {
    export: (spans, done) => {
      send(spans, request).then(
        () => done({ code: 0 }),
        (error: Error) => done({ code: 1, error }),
      );
    },
    shutdown: () => Promise.resolve(),
  };
}

async function send(
  spans: ReadableSpan[],
  { endpoint, region, timeoutMs }: Parameters<typeof signedExporter>[0],
): Promise<void> {
  const url = new URL('/v1/traces', endpoint);
  const body = Buffer.from(JsonTraceSerializer.serializeRequest(spans) ?? []);
  const { headers } = await signerIn(region).sign({
    ...{ method: 'POST', protocol: url.protocol, hostname: url.hostname, path: url.pathname, body },
    headers: { host: url.host, 'content-type': 'application/json' },
  });
  const { host: _, ...sent } = headers;
  // Whoever is redirected to has no business with the credentials.
  const answer = await fetch(url, {
    ...{ method: 'POST', headers: sent, body, redirect: 'error' },
    signal: AbortSignal.timeout(timeoutMs),
  });
  const said = await answer.text();
  if (!answer.ok) throw new Error(`the collector answers ${answer.status}: ${said.slice(0, 200)}`);
}

const signerIn = (region: string): SignatureV4 =>
  new SignatureV4({
    ...{ service: 'xray', region, sha256: Sha256 },
    credentials: {
      accessKeyId: required('AWS_ACCESS_KEY_ID'),
      secretAccessKey: required('AWS_SECRET_ACCESS_KEY'),
      ...(process.env.AWS_SESSION_TOKEN ? { sessionToken: process.env.AWS_SESSION_TOKEN } : {}),
    },
  });
