import { liveDeadline } from '../../engine/initiator/nudge.ts';
import { sagasReader } from '../../engine/insight/sagas-reader.ts';
import { shop } from '../shop.ts';
import { views } from './views.ts';

/** GET /sagas · GET /sagas/counts */
export const handler = sagasReader({ saga: shop, views, now: Date.now, deadlineMs: liveDeadline() });
