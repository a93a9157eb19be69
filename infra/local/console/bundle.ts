import { readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { buildSync, type Metafile } from 'esbuild';
import type { Choreography } from '../../../console/choreography.ts';
import type { Saga } from '../../../engine/saga/saga.ts';
import { projectDir } from '../project.ts';
import { idealPathOf } from './ideal-path.ts';

/** A file of the console, by the path at which it is served. */
export interface Asset {
  readonly type: string;
  readonly content: Buffer;
  /** Whether the first page does without it. */
  readonly isLater?: boolean;
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
  const { outputFiles, metafile } = buildSync({
    absWorkingDir: projectDir,
    entryPoints: ['console.tsx', 'console.css', 'playground/playground.css'].map((name) =>
      join(folder, name),
    ),
    outdir: '/',
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    // What a page loads when it is opened is a file of its own.
    splitting: true,
    metafile: true,
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
  const kept = (name: string): Buffer => readFileSync(join(folder, name));
  const first = loadedAtOnce(metafile);
  return new Map([
    [PAGE, { type: 'text/html; charset=utf-8', content: kept('index.html') }],
    ['/icon.svg', { type: 'image/svg+xml', content: kept('icon.svg') }],
    ...outputFiles.map(({ path, contents }): [string, Asset] => [
      `/${basename(path)}`,
      {
        type: `text/${extname(path) === '.css' ? 'css' : 'javascript'}; charset=utf-8`,
        content: Buffer.from(contents),
        isLater: !first.has(basename(path)),
      },
    ]),
  ]);
}

/** The files that the page names, and what their scripts import without being asked. */
function loadedAtOnce({ outputs }: Metafile): ReadonlySet<string> {
  const files = new Map(Object.entries(outputs).map(([path, output]) => [basename(path), output]));
  const first = new Set(['console.css', 'console.js']);
  // A set goes on to what is added to it meanwhile.
  for (const name of first) {
    for (const { kind, path } of files.get(name)?.imports ?? [])
      if (kind === 'import-statement') first.add(basename(path));
  }
  return first;
}
