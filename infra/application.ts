import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Saga } from '../engine/saga/saga.ts';
import { shop } from '../functions/shop.ts';
import { isShop, projectDir, sagaFolder } from './local/project.ts';

/**
 * The saga that commands are about: the shop, or what the `saga.ts` of another folder declares. Plugins of the Serverless
 * Framework are loaded with `require`, which waits for nothing, so it is not imported.
 */
export const application: Saga = isShop ? shop : declaredIn(join(projectDir, sagaFolder, 'saga.ts'));

function declaredIn(file: string): Saga {
  const { saga } = createRequire(import.meta.url)(file) as { readonly saga: Saga };
  return saga;
}
