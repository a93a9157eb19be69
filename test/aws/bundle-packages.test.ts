import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundled } from '../support/aws/bundled.ts';

/**
 * Goal: a function ships what it needs and no more, since it loads all of it at each cold start. Method: what esbuild says of
 * each bundle is compared with infra/aws/needs.ts.
 */
let all: Awaited<ReturnType<typeof bundled>>;
beforeAll(async () => {
  all = await bundled();
}, 60_000);
afterAll(() => all?.discard());

const having = (name: string) =>
  all.functions.filter(({ packages }) => packages.has(name)).map((each) => each.name);
const needing = (isNeeded: (needs: (typeof all.functions)[number]['needs']) => boolean) =>
  all.functions.filter(({ needs }) => isNeeded(needs)).map(({ name }) => name);

describe('the bundles have', () => {
  test('amqplib, where they talk to the broker', () => {
    expect(having('amqplib')).toEqual(needing(({ broker }) => broker !== undefined));
  });

  test('Secrets Manager’s client, where they have a secret', () => {
    expect(having('@aws-sdk/client-secrets-manager')).toEqual(
      needing(({ broker, secrets = [] }) => broker !== undefined || secrets.length > 0),
    );
  });

  test('DynamoDB’s client, where they have a table', () => {
    expect(having('@aws-sdk/client-dynamodb')).toEqual(
      needing(({ table, audits, inspects }) => [table, audits, inspects].some((each) => each !== undefined)),
    );
  });

  test('Stripe’s client, where they have its key', () => {
    expect(having('stripe')).toEqual(needing(({ secrets = [] }) => secrets.includes('stripe')));
  });

  test('no way to log in but the environment’s credentials', () => {
    const found = [...new Set(all.functions.flatMap(({ packages }) => [...packages]))];
    expect(found).toContain('@aws-sdk/credential-provider-env');
    // Of the chain only its name is left.
    const others = /credential-provider-(?!env$|node$)|token-providers|nested-clients/;
    expect(found.filter((name) => others.test(name))).toEqual([]);
  });
});

describe('a function', () => {
  const session = {
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'token',
  };

  /** What DynamoDB hears when a stock is read, and what the caller gets. */
  async function reading(credentials: Readonly<Record<string, string>>) {
    const heard: (readonly [authorization: string | undefined, token: unknown])[] = [];
    const server = createServer(({ headers }, response) => {
      heard.push([headers.authorization, headers['x-amz-security-token']]);
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ Responses: {}, UnprocessedKeys: {} }));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const file = all.functions.find(({ name }) => name === 'get-stock')?.file;
    const event = {
      ...{ httpMethod: 'GET', resource: '/stock/{sku}', pathParameters: { sku: 'SKU-1' }, headers: {} },
      requestContext: { authorizer: { principalId: 'staff-1', role: 'operator' } },
    };
    const code = `
      const { handler } = require(${JSON.stringify(file)});
      handler(${JSON.stringify(event)}, {}).then(({ statusCode }) => console.log('status ' + statusCode));`;
    try {
      const { stdout } = await promisify(execFile)(process.execPath, ['-e', code], {
        env: {
          AWS_REGION: 'eu-central-1',
          INVENTORY_TABLE: 'stock',
          AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`,
          ...credentials,
        },
      });
      return { heard, status: /^status (.*)$/m.exec(stdout)?.[1] };
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  test('signs with the credentials of its environment', async () => {
    const { heard, status } = await reading(session);
    expect(status).toBe('404');
    expect(heard).toEqual([[expect.stringContaining('Credential=AKIDEXAMPLE/'), 'token']]);
  });

  test('without them says so, and asks nobody', async () => {
    const { heard, status } = await reading({ AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:9' });
    expect(heard).toEqual([]);
    expect(status).toMatch(/^50/);
  });
});
