import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shop } from '../../../functions/shop.ts';
import { type Needs, needsOf } from '../../../infra/aws/needs.ts';
import { projectDir } from '../../../infra/local/project.ts';
import { readConfiguration } from '../../../infra/local/wiring/configuration.ts';
import { bundle } from '../../../infra/packaging/bundle.ts';

export type Bundled = {
  readonly name: string;
  readonly handler: string;
  readonly needs: Needs;
  readonly file: string;
  /** The packages of which something is in the file. */
  readonly packages: ReadonlySet<string>;
};

const PACKAGE = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//;

/** Bundles every function, as packaging does. */
export async function bundled(): Promise<{
  readonly functions: readonly Bundled[];
  readonly folder: string;
  discard(): void;
}> {
  const folder = mkdtempSync(join(tmpdir(), 'order-saga-bundled-'));
  const declared = Object.entries(readConfiguration(shop, 'prod').functions);
  const handlers = declared.map(([, { handler }]) => handler);
  const { outputs } = await bundle({ projectDir, outputDir: folder, handlers });
  const functions = declared.map(([name, { handler }]) => {
    const file = handler.replace(/\.[^.]+$/, '.cjs');
    const [, output] = Object.entries(outputs).find(([path]) => path.endsWith(`/${file}`)) ?? [];
    if (output === undefined) throw new Error(`${file} was not made`);
    const inputs = Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
    const packages = new Set(inputs.flatMap(([path]) => PACKAGE.exec(path)?.[1] ?? []));
    return { name, handler, needs: needsOf(shop, name, handler), file: join(folder, file), packages };
  });
  return { functions, folder, discard: () => rmSync(folder, { recursive: true, force: true }) };
}
