import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { Choreography } from '../../../console/choreography.ts';
import type { Saga } from '../../../engine/saga/saga.ts';
import { projectDir } from '../project.ts';
import { idealPathOf } from './ideal-path.ts';

/** A file of the console, by the path at which it is served. */
export interface Asset {
  readonly type: string;
  readonly content: Buffer;
}
export type Assets = ReadonlyMap<string, Asset>;

/** The page of every address: which of them it shows, the script reads from the address. */
export const PAGE = '/index.html';

const folder = join(projectDir, 'console');

/** Who says what, as far as the console draws it: derived from the declaration, so that a new participant is in it. */
export const choreographyOf = (saga: Saga): Choreography => ({
  initiator: saga.initiator,
  services: saga.services,
  says: Object.fromEntries(
    saga.eventTypes.map((type) => [type, { by: saga.publisherOf(type), kind: saga.kindOf(type) }]),
  ),
  undoneBy: saga.compensatorsOf(saga.initiation.cancels),
  idealPath: idealPathOf(saga),
  records: Object.fromEntries(
    saga.services.flatMap((service) => {
      const part = saga.partOf(service);
      return 'record' in part && part.record !== undefined ? [[service, part.record]] : [];
    }),
  ),
});

/**
 * The console's files, in memory: a script and a style made of console/, and what stands there as it is.
 * @throws Error if esbuild finds a fault in console/
 */
export function bundleConsole(saga: Saga): Assets {
  // Unlike its twin it leaves no process of esbuild's behind.
  const { outputFiles } = buildSync({
    absWorkingDir: projectDir,
    entryPoints: [join(folder, 'console.tsx'), join(folder, 'console.css')],
    outdir: '/',
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    define: { CHOREOGRAPHY: JSON.stringify(choreographyOf(saga)) },
    minify: true,
    legalComments: 'none',
    logLevel: 'silent',
  });
  const made = (name: string): Buffer => {
    const file = outputFiles.find(({ path }) => path.endsWith(name));
    if (file === undefined) throw new Error(`esbuild made no ${name}`);
    return Buffer.from(file.contents);
  };
  const kept = (name: string): Buffer => readFileSync(join(folder, name));
  return new Map([
    [PAGE, { type: 'text/html; charset=utf-8', content: kept('index.html') }],
    ['/icon.svg', { type: 'image/svg+xml', content: kept('icon.svg') }],
    ['/console.js', { type: 'text/javascript; charset=utf-8', content: made('console.js') }],
    ['/console.css', { type: 'text/css; charset=utf-8', content: made('console.css') }],
  ]);
}
