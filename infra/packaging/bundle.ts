import { join } from 'node:path';
import { build } from 'esbuild';

export type Bundling = {
  /** Where the handlers' paths begin; the bundles keep the folders below it. */
  readonly projectDir: string;
  readonly outputDir: string;
  /** As serverless.yml names them: `functions/order/place.handler`. */
  readonly handlers: readonly string[];
};

/**
 * Makes one file of each handler and everything it imports, the AWS SDK too: what ships is then the version that
 * was tested and not the one that Lambda's runtime has that day, and one file loads sooner than its hundreds.
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
    // The modules that packages offer to bundlers leave out what nobody uses.
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
