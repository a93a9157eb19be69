import type { Counts, OpenPage, Timeline } from '../../../api/calls.ts';

/** Orders as the API shows them, at noon. */
export const WAITING = `ord_${'a'.repeat(24)}`;
export const FAILING = `ord_${'b'.repeat(24)}`;
export const QUICK = `ord_${'c'.repeat(24)}`;

export const counts: Counts = {
  at: '2026-11-30T12:00:00.000Z',
  total: 3,
  oldest: '2026-11-30T11:48:00.000Z',
  counts: [
    { status: 'PENDING', olderThan: '0s', youngerThan: '1m', count: 1 },
    { status: 'PENDING', olderThan: '10m', youngerThan: '1h', count: 1 },
    { status: 'CANCELLING', olderThan: '1m', youngerThan: '10m', count: 1 },
  ],
  isWhole: true,
};

export const open: OpenPage = {
  items: [
    {
      orderId: WAITING,
      status: 'PENDING',
      waitingFor: 'customer',
      createdAt: '2026-11-30T11:48:00.000Z',
      updatedAt: '2026-11-30T11:48:00.000Z',
      deadline: '2026-11-30T12:03:00.000Z',
      nextNudge: '2026-11-30T12:00:30.000Z',
      waitsOn: [{ service: 'payment', toSay: ['payment.captured'] }],
      ageSeconds: 720,
      troubles: [],
    },
    {
      orderId: FAILING,
      status: 'CANCELLING',
      reason: { code: 'CUSTOMER' },
      createdAt: '2026-11-30T11:58:00.000Z',
      updatedAt: '2026-11-30T11:58:10.000Z',
      nextNudge: '2026-11-30T12:00:10.000Z',
      waitsOn: [{ service: 'payment', toSay: ['payment.voided', 'payment.refunded'] }],
      ageSeconds: 120,
      troubles: [
        {
          service: 'payment',
          lastError: 'ProviderError: StripeConnectionError',
          failedAt: '2026-11-30T11:59:50.000Z',
          cause: 'order.cancelling',
          attempts: 3,
          nextTry: '2026-11-30T12:00:20.000Z',
        },
      ],
    },
    {
      orderId: QUICK,
      status: 'PENDING',
      createdAt: '2026-11-30T11:59:59.000Z',
      updatedAt: '2026-11-30T11:59:59.000Z',
      deadline: '2026-11-30T12:14:59.000Z',
      waitsOn: [{ service: 'inventory', toHear: ['order.placed'] }],
      ageSeconds: 1,
      troubles: [],
    },
  ],
};

export const timeline: Timeline = {
  orderId: FAILING,
  status: 'CANCELLING',
  reason: { code: 'CUSTOMER' },
  createdAt: '2026-11-30T11:58:00.000Z',
  updatedAt: '2026-11-30T11:58:10.000Z',
  nextNudge: '2026-11-30T12:00:10.000Z',
  waitsOn: [{ service: 'payment', toSay: ['payment.voided', 'payment.refunded'] }],
  participants: [
    { service: 'order', status: 'CANCELLING', since: '2026-11-30T11:58:10.000Z' },
    { service: 'inventory', status: 'RELEASED', since: '2026-11-30T11:58:10.200Z' },
    {
      service: 'payment',
      status: 'CHARGING',
      since: '2026-11-30T11:58:00.400Z',
      lastError: 'ProviderError: StripeConnectionError',
      failedAt: '2026-11-30T11:59:50.000Z',
      cause: 'order.cancelling',
      attempts: 3,
      nextTry: '2026-11-30T12:00:20.000Z',
    },
  ],
  entries: [
    { at: '2026-11-30T11:58:00.000Z', service: 'order', status: 'PENDING', cause: 'POST /orders' },
    { at: '2026-11-30T11:58:00.200Z', service: 'inventory', status: 'RESERVED', cause: 'order.placed' },
    { at: '2026-11-30T11:58:00.400Z', service: 'payment', status: 'CHARGING', cause: 'stock.reserved' },
    { at: '2026-11-30T11:58:10.000Z', service: 'order', status: 'CANCELLING', cause: 'cancelled' },
    { at: '2026-11-30T11:58:10.200Z', service: 'inventory', status: 'RELEASED', cause: 'order.cancelling' },
    {
      at: '2026-11-30T11:59:50.000Z',
      service: 'payment',
      status: 'CHARGING',
      cause: 'order.cancelling',
      error: 'ProviderError: StripeConnectionError',
    },
  ],
};
