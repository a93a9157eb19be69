import { setTimeout as pause } from 'node:timers/promises';
import { onSeats, type WaitForNews } from './initiator/wait-for-news.ts';
import { WaitSeats, waitSeatsSetting } from './initiator/wait-seats.ts';
import { liveTable } from './live-table.ts';

/** How those wait who ask for news of a saga: the seats are in the initiator's table. */
export function liveWait(initiator: { readonly service: string }): WaitForNews {
  const table = liveTable(initiator);
  return onSeats(() => new WaitSeats(table.store, waitSeatsSetting()), table.now, pause);
}
