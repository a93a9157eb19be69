import { byOwner, DUE } from '../../engine/saga/initiator-table.ts';
import type { Part, Saga } from '../../engine/saga/saga.ts';

export type TableAccess = 'read' | 'write' | `query ${string}`;

/** What a function may touch outside itself. Its role, its network and its environment are made of this. */
export type Needs = {
  /** Its own service's table, or an index of it. */
  readonly table?: readonly TableAccess[];
  /** `publish`: as its service's user. `consume`: its event source mapping reads the queue besides. */
  readonly broker?: 'publish' | 'consume' | 'administer';
  /** Secrets of the outside world, by the names that functions/shop.ts gives them. */
  readonly secrets?: readonly string[];
};

const reader: Needs = { table: ['read'] };
const announcer: Needs = { table: ['read', 'write'], broker: 'publish' };

/** What the shop adds to what every saga has, by the function's name in serverless.yml. */
const needsOfTheShop: Readonly<Record<string, Needs>> = {
  authorizer: {},
  health: {},

  'put-stock': { table: ['read', 'write'] },
  'receive-stock': { table: ['read', 'write'] },
  'get-stock': reader,
  'list-stock': { table: ['read', 'query catalogue'] },

  topology: { broker: 'administer' },
};

/** What every participant has, by the file of its handler. */
const needsOfAnyone = ({ record, secrets }: Part): readonly (readonly [file: string, needs: Needs])[] => [
  [
    'participate',
    { table: ['read', 'write'], broker: 'consume', ...(secrets === undefined ? {} : { secrets }) },
  ],
  ['dead-letters', { table: ['read'], broker: 'publish' }],
  ['count-dead-letters', { broker: 'publish' }],
  ...(record === undefined ? [] : [['get-record', reader] as const]),
];

/** What the initiator has besides. */
const needsOfTheInitiator = (saga: Saga): readonly (readonly [file: string, needs: Needs])[] => [
  ['place', announcer],
  ['get', reader],
  ['list', { table: ['read', `query ${byOwner(saga)}`] }],
  ['cancel', announcer],
  ['nudge', { table: ['read', 'write', `query ${DUE}`], broker: 'publish' }],
];

/** @throws Error if nothing says what the function needs: packaging refuses it */
export function needsOf(saga: Saga, name: string, handler: string): Needs {
  const own = Object.hasOwn(needsOfTheShop, name) ? needsOfTheShop[name] : byConvention(saga, handler);
  if (own === undefined) throw new Error(`infra/aws/needs.ts does not say what the function ${name} needs`);
  return own;
}

function byConvention(saga: Saga, handler: string): Needs | undefined {
  const [, folder, file] = /^functions\/([^/]+)\/([^/.]+)\.handler$/.exec(handler) ?? [];
  if (folder === undefined || !saga.services.includes(folder)) return undefined;
  const known = [
    ...needsOfAnyone(saga.partOf(folder)),
    ...(folder === saga.initiator ? needsOfTheInitiator(saga) : []),
  ];
  return known.find(([each]) => each === file)?.[1];
}

/**
 * The service a handler belongs to, by its folder; undefined for what is nobody's part in the saga.
 * @throws Error if it needs a service's table or broker user, and its folder is none's
 */
export function serviceOf({ services }: Saga, handler: string, { table, broker }: Needs): string | undefined {
  const [, folder] = handler.split('/');
  const service = services.find((each) => each === folder);
  if (service === undefined && (table !== undefined || (broker !== undefined && broker !== 'administer'))) {
    throw new Error(
      `${handler} needs a service's table or broker user, but ${folder} is no service: add it to ` +
        'functions/shop.ts, or take what it does not need out of infra/aws/needs.ts',
    );
  }
  return service;
}
