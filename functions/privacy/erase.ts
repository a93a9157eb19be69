import { erasing } from '../../engine/privacy/erase.ts';
import { pageByPage } from '../../engine/privacy/invocation.ts';
import { shop } from '../shop.ts';
import { keepers } from './keepers.ts';

/** `{owner, reason, dryRun}`, from `npm run op -- erase`. */
export const handler = pageByPage(erasing(shop, keepers, Date.now));
