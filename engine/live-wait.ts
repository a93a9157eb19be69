import { setTimeout as pause } from 'node:timers/promises';
import { type WaitForNews, withPermits } from './initiator/wait-for-news.ts';
import { WaitPermits, waitPermitsSetting } from './initiator/wait-permits.ts';
import { liveTable } from './live-table.ts';

/** How those wait who ask for news of a saga: the permits are in the initiator's table. */
export function liveWait(initiator: { readonly service: string }): WaitForNews {
  const table = liveTable(initiator);
  return withPermits(() => new WaitPermits(table.store, waitPermitsSetting()), table.now, pause);
}
