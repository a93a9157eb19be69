import { join } from 'node:path';
import { build } from 'esbuild';

export type Bundling = {
  /** The base of the handlers' paths. The bundles keep the folders below it. */
  readonly projectDir: string;
  readonly outputDir: string;
  /** As in serverless.yml: `functions/order/place.handler`. */
  readonly handlers: readonly string[];
};

/**
 * Bundles each handler with all its imports into one file, which loads faster than hundreds. The AWS SDK is bundled
 * too, so the tested version ships and not the one in Lambda's runtime.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html#nodejs-sdk-included
 *
 * CommonJS, because that is all `invoke local` can load. Names of functions and classes are kept for logs.
 */
export async function bundle({ projectDir, outputDir, handlers }: Bundling): Promise<void> {
  await build({
    absWorkingDir: projectDir,
    entryPoints: [...new Set(handlers.map(sourceOf))],
    outdir: outputDir,
    outbase: projectDir,
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
  });
}

const moduleOf = (handler: string): string => handler.slice(0, handler.lastIndexOf('.'));

const sourceOf = (handler: string): string => `${moduleOf(handler)}.ts`;

export const bundleOf = (outputDir: string, handler: string): string =>
  join(outputDir, `${moduleOf(handler)}.cjs`);
