import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { entriesOf } from '../aws/archive.ts';
import { packageFor } from '../aws/package.ts';

/** A function as `sls package` would deploy it. */
export type Deployed = {
  readonly name: string;
  readonly handler: string;
  /** Its archive, unpacked. */
  readonly folder: string;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  /** Those whose values CloudFormation fills in are empty here. */
  readonly variables: Readonly<Record<string, string>>;
};

const PREFIX = 'order-saga-prod-';

const FunctionProperties = z.object({
  FunctionName: z.string().startsWith(PREFIX),
  Handler: z.string(),
  MemorySize: z.number(),
  Timeout: z.number(),
  Environment: z.object({
    Variables: z.record(z.string(), z.string().catch('')),
  }),
});

/** Packages for prod, and unpacks every archive where neither the sources nor node_modules can be reached. */
export async function deploy(): Promise<{ readonly functions: readonly Deployed[]; discard(): void }> {
  const root = mkdtempSync(join(tmpdir(), 'order-saga-deployed-'));
  const packaged = await packageFor('prod');
  try {
    const resources = Object.values(packaged.template.Resources);
    const functions = resources
      .filter(({ Type }) => Type === 'AWS::Lambda::Function')
      .map(({ Properties }) => {
        const properties = FunctionProperties.parse(Properties);
        const name = properties.FunctionName.slice(PREFIX.length);
        const folder = join(root, name);
        for (const entry of entriesOf(readFileSync(join(packaged.folder, `${name}.zip`)))) {
          const file = join(folder, entry.name);
          mkdirSync(dirname(file), { recursive: true });
          writeFileSync(file, entry.content);
        }
        return {
          ...{ name, folder, handler: properties.Handler, memoryMb: properties.MemorySize },
          timeoutMs: properties.Timeout * 1_000,
          variables: properties.Environment.Variables,
        };
      });
    return { functions, discard: () => rmSync(root, { recursive: true, force: true }) };
  } finally {
    packaged.discard();
  }
}
