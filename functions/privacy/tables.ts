import type { AnyTable } from '../../engine/privacy/keepers.ts';
import { reservations } from '../inventory/table.ts';
import { orders } from '../order/table.ts';
import { payments } from '../payment/table.ts';
import { type Service, shop } from '../shop.ts';
import { webhooksStep } from '../webhooks/decide.ts';

const services: readonly string[] = shop.services;

/** How each participant keeps its records. */
export const tables: Readonly<Record<Service, AnyTable>> = {
  order: orders,
  inventory: reservations,
  payment: payments,
  ...(services.includes('webhooks') ? { webhooks: webhooksStep().table } : {}),
};
