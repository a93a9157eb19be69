import { type Service, shop } from '../../functions/shop.ts';

export type TableAccess = 'read' | 'write' | `query ${string}`;

/** What a function may touch outside itself. Its role, its network and its environment are made of this. */
export type Needs = {
  /** Its own service's table, or an index of it. */
  readonly table?: readonly TableAccess[];
  /** `publish`: as its service's user. `consume`: its event source mapping reads the queue besides. */
  readonly broker?: 'publish' | 'consume' | 'administer';
  readonly stripe?: true;
};

const reader: Needs = { table: ['read'] };
const participant: Needs = { table: ['read', 'write'], broker: 'consume' };
const parking: Needs = { table: ['read'], broker: 'publish' };
const counter: Needs = { broker: 'publish' };

/** By the function's name in serverless.yml. Packaging refuses a function that is not here. */
export const needs: Readonly<Record<string, Needs>> = {
  authorizer: {},

  'place-order': { table: ['read', 'write'], broker: 'publish' },
  'get-order': reader,
  'list-orders': { table: ['read', 'query by-customer'] },
  'cancel-order': { table: ['read', 'write'], broker: 'publish' },
  order: participant,
  'nudge-orders': { table: ['read', 'write', 'query due'], broker: 'publish' },
  'order-dead-letters': parking,
  'count-order-dead-letters': counter,

  'put-stock': { table: ['read', 'write'] },
  'receive-stock': { table: ['read', 'write'] },
  'get-stock': reader,
  'list-stock': { table: ['read', 'query catalogue'] },
  'get-reservation': reader,
  inventory: participant,
  'inventory-dead-letters': parking,
  'count-inventory-dead-letters': counter,

  'get-payment': reader,
  payment: { ...participant, stripe: true },
  'payment-dead-letters': parking,
  'count-payment-dead-letters': counter,

  topology: { broker: 'administer' },
};

/**
 * The service a handler belongs to, by its folder; undefined for what is nobody's part in the saga.
 * @throws if it needs a service's table or broker user, and its folder is none's
 */
export function serviceOf(handler: string, { table, broker }: Needs): Service | undefined {
  const [, folder] = handler.split('/');
  const service = shop.services.find((each) => each === folder);
  if (service === undefined && (table !== undefined || (broker !== undefined && broker !== 'administer'))) {
    throw new Error(
      `${handler} needs a service's table or broker user, but ${folder} is no service: add it to ` +
        'functions/shop.ts, or take what it does not need out of infra/aws/needs.ts',
    );
  }
  return service;
}
