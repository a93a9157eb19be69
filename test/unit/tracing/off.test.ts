import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectDir } from '../../../infra/local/project.ts';
import { bundle } from '../../../infra/packaging/bundle.ts';
import { startCollector } from '../../support/otlp-collector.ts';

/**
 * Goal: who wants no spans pays nothing for them. Method: functions are loaded in processes of their own, which say what they
 * have loaded.
 */
const HANDLER = 'functions/order/get.handler';
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'order-saga-bundle-'));
  await bundle({ projectDir, outputDir: folder, handlers: [HANDLER] });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a process says that runs this code. */
function saidBy(code: string, endpoint: string | undefined): Promise<string> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: _, ...env } = process.env;
  const own = endpoint === undefined ? env : { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
  return new Promise((resolve, reject) =>
    execFile(
      process.execPath,
      ['--input-type=module', '-e', code],
      { cwd: projectDir, env: own },
      (error, stdout) => (error === null ? resolve(stdout) : reject(new Error(error.message))),
    ),
  );
}

/** The packages of OpenTelemetry that a consumer loads. */
async function packagesOf(endpoint?: string): Promise<readonly string[]> {
  const said = await saidBy(
    `import { registerHooks } from 'node:module';
    const urls = [];
    registerHooks({ load: (url, context, next) => { urls.push(url); return next(url, context); } });
    await import('./functions/payment/participate.ts');
    const { tracingBegun } = await import('./engine/tracing/tracing.ts');
    await tracingBegun();
    console.log(JSON.stringify(urls));`,
    endpoint,
  );
  const urls = JSON.parse(said) as readonly string[];
  return [
    ...new Set(urls.flatMap((url) => /node_modules\/(@opentelemetry\/[^/]+)\//.exec(url)?.[1] ?? [])),
  ].toSorted();
}

test('without the setting a function loads the API alone', async () => {
  expect(await packagesOf()).toEqual(['@opentelemetry/api']);
  expect(await packagesOf('')).toEqual(['@opentelemetry/api']);
}, 60_000);

test('with it, the SDK and the exporter, too', async () => {
  expect(await packagesOf('http://127.0.0.1:9')).toEqual(
    expect.arrayContaining(['@opentelemetry/sdk-trace', '@opentelemetry/exporter-trace-otlp-http']),
  );
}, 60_000);

test('what is deployed loads it from the file beside it, and sends its spans', async () => {
  const collector = await startCollector();
  try {
    const said = await saidBy(
      `import { createRequire } from 'node:module';
      const { handler } = createRequire(import.meta.url)(${JSON.stringify(join(folder, 'functions/order/get.cjs'))});
      const reply = await handler({ httpMethod: 'GET', resource: '/orders/{orderId}' }, {});
      console.log(reply.statusCode);`,
      collector.url,
    );
    expect(said.trim()).toBe('404');
    expect(collector.spans.map(({ name, service }) => [service, name])).toEqual([
      ['order-saga-api', 'GET /orders/{orderId}'],
    ]);
  } finally {
    await collector.stop();
  }
}, 60_000);
