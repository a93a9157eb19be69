import { erasing } from '../../engine/privacy/erase.ts';
import { type Limited, withTimeFor } from '../../engine/privacy/invocation.ts';
import { shop } from '../shop.ts';
import { keepers } from './keepers.ts';

const erase = erasing(shop, keepers, Date.now);

/** `{owner, reason, dryRun}`, from `npm run op -- erase`. */
export const handler = async (event: unknown, context: Limited) => await erase(event, withTimeFor(context));
