import { isDryRun, pageByPage } from '../../engine/privacy/invocation.ts';
import { retaining } from '../../engine/privacy/retain.ts';
import { retentionMs } from '../../engine/privacy/retention.ts';
import { shop } from '../shop.ts';
import { keepers } from './keepers.ts';

/**
 * The reconciliation looks at an order 35 days after its payment, and a refund may fail weeks after it was made: until then
 * people want to see what it was about.
 */
const FEWEST_DAYS = 45;

const retain = retaining({ saga: shop, keepers }, Date.now, () => retentionMs(FEWEST_DAYS));

/** The schedule, each night. `{dryRun}`, from `npm run op -- retain`. */
export const handler = pageByPage((event, isOver) => retain(isOver, isDryRun(event)));
