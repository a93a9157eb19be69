import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DCLinter } from 'dclint';
import { afterAll, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { projectDir } from '../../infra/local/project.ts';

/**
 * Goal: Docker Compose can read docker-compose.yml. Method: a linter that brings the specification's own JSON schema,
 * and files with one slip of the pen each, so that it is known to look.
 * https://github.com/compose-spec/compose-spec/blob/main/schema/compose-spec.json
 */
const composeFile = join(projectDir, 'docker-compose.yml');

/** Taste: how things are sorted, and that the file names the project, which its callers do. */
const tasteRules = [
  ...['services-alphabetical-order', 'service-keys-order', 'top-level-properties-order'],
  ...['service-dependencies-alphabetical-order', 'service-ports-alphabetical-order'],
  'require-project-name-field',
];
const linter = new DCLinter({
  rules: Object.fromEntries(tasteRules.map((rule) => [rule, 0 as const])),
  ...{ quiet: true, debug: false, exclude: [] },
});

const folder = mkdtempSync(join(tmpdir(), 'order-saga-compose-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As much as is read of its own type, which does not resolve here. */
interface Result {
  readonly filePath: string;
  readonly messages: readonly { readonly rule: string; readonly message: string }[];
}

function complaintsAbout(file: string): readonly string[] {
  const results: readonly Result[] = linter.lintFiles([file], false);
  expect(results.map(({ filePath }) => filePath)).toEqual([file]);
  return results.flatMap(({ messages }) => messages.map(({ rule, message }) => `${rule}: ${message}`));
}

test('docker-compose.yml is as the specification’s schema demands, and the linter knows no mistake in it', () => {
  expect(complaintsAbout(composeFile)).toEqual([]);
});

const schema = (place: string) => new RegExp(`^invalid-schema: .*instancePath="${place}"`);

test.each([
  ['a key that no service has', 'services.rabbitmq.port', '5672', schema('/services/rabbitmq')],
  ['a key that no file has', 'volume', {}, schema('')],
  [
    'a number among the environment’s lists',
    'services.issuer.environment',
    [7],
    schema('/services/issuer/environment'),
  ],
  ['no list of ports', 'services.rabbitmq.ports', '5672:5672', schema('/services/rabbitmq/ports')],
  ['a port’s protocol as a number', 'services.rabbitmq.ports', [{ target: 1, protocol: 6 }], schema('.*')],
  ['a volume of no type', 'services.dynamodb.volumes', [{ target: '/data' }], schema('.*/volumes/0')],
  ['a condition that is none', 'services.event-source.depends_on.rabbitmq.condition', 'ready', schema('.*')],
  ['a health check’s slip', 'services.issuer.healthcheck.retry', 3, schema('/services/issuer/healthcheck')],
  ['no list of profiles', 'services.payments.profiles', 'localstack', schema('/services/payments/profiles')],
  ['a service that is a list', 'services.extra', [], schema('/services/extra')],
  ['a port for everybody', 'services.rabbitmq.ports', ['5672:5672'], /^no-unbound-port-interfaces: /],
  ['a port twice', 'services.payments.ports', ['127.0.0.1:1:1', '127.0.0.1:1:2'], /-exported-ports: /],
  ['an image of no version', 'services.issuer.image', 'node', /^service-image-require-explicit-tag: /],
] as const)('%s is noticed', (_, path, value, complaint) => {
  const document = parseDocument(readFileSync(composeFile, 'utf8'));
  document.setIn(path.split('.'), value);
  const file = join(folder, 'compose.yml');
  writeFileSync(file, String(document));
  expect(complaintsAbout(file)).toContainEqual(expect.stringMatching(complaint));
});
