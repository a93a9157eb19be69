import type { Item } from '../../../engine/batch/store.ts';
import type { Service } from '../../../functions/shop.ts';
import { type Row, rowOf, statusOf } from './row.ts';

/** Every step that a participant may take: from which status, because of what, to which status. */
const steps: Readonly<Record<Service, ReadonlySet<string>>> = {
  order: lines(`
    NONE place PENDING
    PENDING payment.captured CONFIRMED
    PENDING stock.rejected CANCELLED
    PENDING payment.declined CANCELLING
    PENDING payment.declined CANCELLED
    PENDING cancel CANCELLING
    PENDING nudge CANCELLING
    PENDING stock.released PENDING
    PENDING payment.voided PENDING
    PENDING payment.refunded PENDING
    CANCELLING nudge CANCELLING
    CANCELLING stock.rejected CANCELLING
    CANCELLING stock.rejected CANCELLED
    CANCELLING payment.declined CANCELLING
    CANCELLING payment.declined CANCELLED
    CANCELLING stock.released CANCELLING
    CANCELLING stock.released CANCELLED
    CANCELLING payment.voided CANCELLING
    CANCELLING payment.voided CANCELLED
    CANCELLING payment.refunded CANCELLING
    CANCELLING payment.refunded CANCELLED
  `),
  inventory: lines(`
    NONE order.placed RESERVED
    NONE order.placed REJECTED
    NONE payment.declined RELEASED
    NONE order.cancelling RELEASED
    RESERVED payment.declined RELEASED
    RESERVED order.cancelling RELEASED
  `),
  payment: lines(`
    NONE stock.reserved CHARGING
    NONE order.cancelling VOIDED
    CHARGING charge.captured CAPTURED
    CHARGING charge.declined DECLINED
    CHARGING order.cancelling VOIDING
    VOIDING charge.captured REFUNDING
    VOIDING charge.declined VOIDED
    CAPTURED order.cancelling REFUNDING
    REFUNDING refund.succeeded REFUNDED
  `),
};

/** Whether an event is one that a participant may hear of an order first. */
export const opens = (service: Service, type: string): boolean =>
  [...steps[service]].some((step) => step.startsWith(`NONE ${type} `));

/** What never changes again, once it is said. */
const fixed: Readonly<Record<Service, readonly string[]>> = {
  order: ['customerId', 'items', 'paymentMethod', 'fingerprint', 'createdAtMs', 'totalMinor'],
  inventory: ['customerId'],
  payment: ['customerId', 'amountMinor', 'currency', 'paymentIntentId', 'refundId'],
};

/** What is wrong with one step of one record; undefined if it is legal. */
export function flawOfStep(service: Service, before: Item | undefined, after: Item): string | undefined {
  const [old, now] = [rowOf(before), rowOf(after) as Row];
  const entry = now.history?.at(-1);
  const step = `${statusOf(before)} ${entry?.because} ${statusOf(after)}`;
  if (!steps[service].has(step)) return `no such step: ${step}`;
  if (entry.status !== now.state.status || now.status !== now.state.status) {
    return `${step}: the history says ${entry.status}, the item ${now.status}, the state ${now.state.status}`;
  }
  if (now.version !== (old?.version ?? 0) + 1)
    return `${step}: version ${now.version} after ${old?.version ?? 0}`;
  if (!isContinued(before, after)) return `${step}: the history before it has changed`;
  const changed = fixed[service].find(
    (name) =>
      old?.state[name] !== undefined &&
      now.state[name] !== undefined &&
      !isSame(old.state[name], now.state[name]),
  );
  return changed === undefined ? undefined : `${step}: ${changed} has changed`;
}

function isContinued(before: Item | undefined, after: Item): boolean {
  const old: readonly unknown[] = rowOf(before)?.history ?? [];
  const now: readonly unknown[] = rowOf(after)?.history;
  if (now.length !== old.length + 1) return false;
  return isTextContinued(before, after) || old.every((entry, index) => isSame(entry, now[index]));
}

/** Arrays whose texts begin alike begin with the same entries. */
const isTextContinued = (before: Item | undefined, after: Item): boolean =>
  before !== undefined && historyText(after).startsWith(historyText(before));

/** It is the last member, and without what closes it and the record. */
function historyText(item: Item): string {
  const text = item.record as string;
  return text.slice(text.lastIndexOf('"history":['), -']}'.length);
}

const isSame = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

function lines(text: string): ReadonlySet<string> {
  return new Set(
    text
      .trim()
      .split('\n')
      .map((line) => line.trim()),
  );
}
