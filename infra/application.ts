import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { EventDefinitions } from '../engine/saga/declaration.ts';
import type { Saga } from '../engine/saga/saga.ts';
import { shop } from '../functions/shop.ts';
import { isShop, projectDir, sagaFolder } from './local/project.ts';

/** A saga with the schemas of its events. */
export type DeclaredSaga = Saga & { readonly events: EventDefinitions };

/**
 * The saga that commands are about: the shop, or what the `saga.ts` of another folder declares. Plugins of the Serverless
 * Framework are loaded with `require`, which waits for nothing, so it is not imported.
 */
export const application: DeclaredSaga = isShop ? shop : declaredIn(join(projectDir, sagaFolder, 'saga.ts'));

/** What people call what runs: the product, and of another saga than the shop's its name as well. */
export const title = isShop ? 'OrderSaga' : `OrderSaga (${application.name})`;

function declaredIn(file: string): DeclaredSaga {
  const { saga } = createRequire(import.meta.url)(file) as { readonly saga: DeclaredSaga };
  return saga;
}
