import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FreshClone, ownPorts } from '../support/first-minute/fresh-clone.ts';

/**
 * Goal: what a developer's shell says of proxies, of AWS and of production does not reach the local system. Method: a
 * fresh clone in the worst shell there is; whatever is sent to a proxy or to AWS fails. No registry is asked.
 */
const nowhere = 'http://127.0.0.1:9';
const startsWithinMs = 90_000;

const proxies = {
  ...{ NODE_USE_ENV_PROXY: '1', HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere, ALL_PROXY: nowhere },
  ...{ http_proxy: nowhere, https_proxy: nowhere, proxy: nowhere, NO_PROXY: 'example.com' },
};
const aws = {
  ...{ AWS_PROFILE: 'missing', AWS_DEFAULT_PROFILE: 'missing', AWS_SDK_LOAD_CONFIG: '1' },
  ...{
    AWS_REGION: 'us-gov-west-1',
    AWS_DEFAULT_REGION: 'cn-north-1',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  },
  ...{ AWS_USE_FIPS_ENDPOINT: 'true', AWS_USE_DUALSTACK_ENDPOINT: 'true' },
  ...{ AWS_ENDPOINT_URL: nowhere, AWS_ENDPOINT_URL_DYNAMODB: nowhere, AWS_ENDPOINT_URL_LAMBDA: nowhere },
  ...{ AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' },
  ...{ AWS_ROLE_ARN: 'arn:aws:iam::000000000000:role/r', AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere' },
  ...{ AWS_CONTAINER_CREDENTIALS_FULL_URI: nowhere, AWS_ACCOUNT_ID_ENDPOINT_MODE: 'required' },
  ...{ AWS_MAX_ATTEMPTS: 'many', AWS_RETRY_MODE: 'never', AWS_CONFIG_FILE: '/nowhere' },
  ...{ AWS_LAMBDA_FUNCTION_NAME: 'mine', AWS_LAMBDA_EXEC_WRAPPER: '/nowhere' },
};
const configuration = `[default]\nuse_fips_endpoint = true\nuse_dualstack_endpoint = true\nregion = nowhere-1\nendpoint_url = ${nowhere}\n`;

let clone: FreshClone;
let printed: string;
let shell: Readonly<Record<string, string | undefined>>;

beforeAll(async () => {
  clone = new FreshClone();
  const home = join(clone.folder, '.local/home');
  mkdirSync(join(home, '.aws'), { recursive: true });
  writeFileSync(join(home, '.aws/config'), configuration);
  shell = { ...proxies, ...aws, ...(await ownPorts()), NODE_ENV: 'production', HOME: home };
  printed = await clone.run('npm', ['start'], shell).printed('newest first', startsWithinMs);
});
afterAll(() => clone?.end());

const run = (program: string, ...args: readonly string[]) => clone.run(program, args, shell).ended;

test('everything starts, and the lines to paste are for a shell with a proxy', () => {
  expect(printed).toContain('✓ Sample stock: 10 products');
  expect(printed).toContain('✓ everything is up');
  const lines = printed.match(/^curl .*$/gm) ?? [];
  expect(lines.length).toBeGreaterThanOrEqual(2);
  for (const line of lines) expect(line).toContain(" --noproxy '*' http://127.0.0.1:");
});

test('a saga ends as it should', async () => {
  const { exitCode, stdout, stderr } = await run('npm', 'run', '-s', 'saga', 'declined');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout.trim().split('\n').at(-1)).toBe('✓ declined');
});

test('a function that is invoked by hand works on the local tables', async () => {
  const event = ['-p', 'test/events/list-stock.json'];
  const { exitCode, stdout } = await run('npx', 'sls', 'invoke', 'local', '-f', 'list-stock', ...event);
  expect({ exitCode, answer: JSON.parse(stdout) }).toMatchObject({
    exitCode: 0,
    answer: { statusCode: 200 },
  });
});
