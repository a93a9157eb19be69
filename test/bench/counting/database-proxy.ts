import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type DatabaseCall, databaseCall, isMetered } from './database-calls.ts';

export interface DatabaseProxy {
  readonly url: string;
  end(): Promise<void>;
}

/** Stands between the functions and DynamoDB, asks of each call what it consumes, and tells. */
export async function startDatabaseProxy(
  target: { readonly host: string; readonly port: number },
  heard: (call: DatabaseCall) => void,
): Promise<DatabaseProxy> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, outgoing) => {
    relay(incoming, outgoing).catch((error: unknown) => {
      outgoing.writeHead(502).end(String(error));
    });
  });
  const relay = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const operation = String(incoming.headers['x-amz-target']).split('.').at(-1) ?? '';
    const asked = JSON.parse((await bodyOf(incoming)).toString()) as Record<string, unknown>;
    const metering = isMetered(operation) ? { ReturnConsumedCapacity: 'TOTAL' } : {};
    const body = JSON.stringify({ ...asked, ...metering });
    const headers = { ...incoming.headers, 'content-length': Buffer.byteLength(body) };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request({ agent, ...target, method: 'POST', path: incoming.url, headers }, resolve)
        .on('error', reject)
        .end(body);
    });
    const content = await bodyOf(answer);
    const status = answer.statusCode ?? 0;
    if (isMetered(operation)) heard(databaseCall(operation, asked, status, JSON.parse(content.toString())));
    outgoing.writeHead(status, answer.headers).end(content);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    end: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

async function bodyOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
