import type { Settings } from '../../../infra/local/payment-sandbox/settings.ts';
import type { Client } from './client.ts';
import { until } from './until.ts';
import type { World } from './world.ts';

/** Makes the payment provider slow or unreachable, or restores it. */
export async function providerIs({ system }: World, settings: Partial<Settings>): Promise<void> {
  const reply = await fetch(`${system.urls.payments}/sandbox/settings`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(settings),
  });
  if (!reply.ok) throw new Error(`sandbox settings: ${reply.status} ${await reply.text()}`);
}

export interface LedgerOfOrder {
  readonly captures: number;
  readonly refunds: number;
  readonly keptMinor: number;
  readonly attempts: Readonly<Record<'declined' | 'unavailable' | 'refundsLocked' | 'replayed', number>>;
}

export async function ledgerOf({ system }: World, orderId: string): Promise<LedgerOfOrder> {
  const reply = await fetch(`${system.urls.payments}/ledger?order=${orderId}`);
  return (await reply.json()) as LedgerOfOrder;
}

/** An order cancelled while its charge is under way, so there is a charge to refund. */
export async function cancelDuringCharge(
  world: World,
  customer: Client,
  paymentMethod: string,
): Promise<string> {
  await providerIs(world, { latencyMs: 1_000 });
  const orderId = await customer.place([{ sku: 'mug', quantity: 1 }], paymentMethod);
  await until('the charge is begun', async () => {
    const { body } = await customer.call('GET', `/orders/${orderId}/payment`);
    return body.status === 'CHARGING';
  });
  await customer.expect(202, 'POST', `/orders/${orderId}/cancel`);
  await providerIs(world, { latencyMs: 0 });
  return orderId;
}
