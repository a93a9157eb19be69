import { dirname, join, relative } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { environmentCredentials } from './environment-credentials.ts';

export type Bundling = {
  /** The base of the handlers' paths. The bundles keep the folders below it. */
  readonly projectDir: string;
  readonly outputDir: string;
  /** As in serverless.yml: `functions/order/place.handler`. */
  readonly handlers: readonly string[];
};

/** What no function loads unless a setting asks for it: a file of its own, so that it costs those nothing that do without. */
const APART = { module: 'engine/tracing/otlp', name: 'otlp' };

/**
 * Bundles each handler with all its imports into one file, which loads faster than hundreds. The AWS SDK is bundled
 * too, so the tested version ships and not the one in Lambda's runtime.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html#nodejs-sdk-included
 *
 * CommonJS, because that is all `invoke local` can load. Names of functions and classes are kept for logs.
 *
 * @returns what esbuild says of each file: https://esbuild.github.io/api/#metafile
 */
export async function bundle(bundling: Bundling): Promise<Metafile> {
  const { metafile } = await build({ ...optionsOf(bundling), metafile: true });
  return metafile;
}

/** A map for each bundle, by the bundle's path in its archive. A map is no part of an archive: it is made again when needed. */
export async function mapsOf(bundling: Bundling): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({ ...optionsOf(bundling), sourcemap: 'external', write: false });
  return new Map(
    outputFiles
      .filter(({ path }) => path.endsWith('.map'))
      .map(({ path, text }) => [relative(bundling.outputDir, path).slice(0, -'.map'.length), text]),
  );
}

function optionsOf({ projectDir, outputDir, handlers }: Bundling): BuildOptions {
  const modules = [...new Set(handlers.map(moduleOf))];
  const folders = [...new Set(modules.map((module) => dirname(module)))];
  const entries = modules.map((module) => ({ in: `${module}.ts`, out: module }));
  const apart = folders.map((folder) => ({ in: `${APART.module}.ts`, out: join(folder, APART.name) }));
  return {
    absWorkingDir: projectDir,
    entryPoints: [...entries, ...apart],
    outdir: outputDir,
    bundle: true,
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    platform: 'node',
    target: 'node24',
    // From ES modules esbuild can drop unused code.
    mainFields: ['module', 'main'],
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: true,
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [leavingApart, environmentCredentials],
  };
}

/** Whoever imports it finds it beside itself. */
const leavingApart: Plugin = {
  name: 'leaving apart',
  setup: (building) =>
    building.onResolve({ filter: new RegExp(`/${APART.name}\\.ts$`) }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: `./${APART.name}.cjs`, external: true } : undefined,
    ),
};

const moduleOf = (handler: string): string => handler.slice(0, handler.lastIndexOf('.'));

const bundleOf = (outputDir: string, handler: string): string => join(outputDir, `${moduleOf(handler)}.cjs`);

/** The files of a function's archive: its bundle, and what that may load later. */
export const filesOf = (outputDir: string, handler: string): readonly string[] => [
  bundleOf(outputDir, handler),
  join(outputDir, dirname(handler), `${APART.name}.cjs`),
];
