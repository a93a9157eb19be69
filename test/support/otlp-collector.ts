import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import * as z from 'zod';

const Value = z.union([
  z.object({ stringValue: z.string() }).transform(({ stringValue }) => stringValue),
  z.object({ intValue: z.union([z.number(), z.string()]) }).transform(({ intValue }) => Number(intValue)),
  z.unknown(),
]);
const Attributes = z
  .array(z.object({ key: z.string(), value: Value }))
  .default([])
  .transform(
    (list): Readonly<Record<string, unknown>> =>
      Object.fromEntries(list.map(({ key, value }) => [key, value])),
  );
const Span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  attributes: Attributes,
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })).default([]),
  status: z.object({ code: z.number().default(0), message: z.string().optional() }),
});

/** https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
const Request = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: Attributes }),
      scopeSpans: z.array(z.object({ spans: z.array(Span) })),
    }),
  ),
});

export type CollectedSpan = z.infer<typeof Span> & { readonly service: unknown };

/** A collector over OTLP/HTTP, which keeps every span it gets. */
export async function startCollector() {
  const spans: CollectedSpan[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { resourceSpans } = Request.parse(JSON.parse(await text(request)));
    if (request.url !== '/v1/traces') throw new Error(`nothing is taken at ${request.url}`);
    for (const { resource, scopeSpans } of resourceSpans)
      for (const { spans: some } of scopeSpans)
        spans.push(...some.map((span) => ({ ...span, service: resource.attributes['service.name'] })));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  };
  const server = createServer((request, response) => {
    take(request, response).catch(() => response.writeHead(400).end());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    stop: () => {
      server.closeAllConnections();
      return new Promise((closed) => server.close(closed));
    },
  };
}

/** Those of one trace as `service: name`, each below its parent, those with the same parent by name. */
export function treeOf(spans: readonly CollectedSpan[], traceId: string): readonly string[] {
  const own = spans.filter((span) => span.traceId === traceId);
  const below = (parent: string | undefined, depth: number): readonly string[] =>
    own
      .filter(({ parentSpanId }) => parentSpanId === parent)
      .map((span) => ({ span, text: `${String(span.service)}: ${span.name}` }))
      .toSorted((a, b) => a.text.localeCompare(b.text))
      .flatMap(({ span, text }) => [`${'  '.repeat(depth)}${text}`, ...below(span.spanId, depth + 1)]);
  return below(undefined, 0);
}
