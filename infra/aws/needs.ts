import { TROUBLE } from '../../engine/batch/trouble.ts';
import { PERMIT } from '../../engine/initiator/wait-permits.ts';
import { AUDIT, AUDIT_PREFIX } from '../../engine/saga/audit-index.ts';
import { byOwner, DUE } from '../../engine/saga/initiator-table.ts';
import type { Part, Saga } from '../../engine/saga/saga.ts';
import { tallyKey } from '../../engine/saga/tally.ts';
import { shop } from '../../functions/shop.ts';
import { canBeStuck } from '../functions/participant-functions.ts';

export type TableAccess = 'read' | 'write' | 'scan' | `query ${string}`;

/** What a function may touch outside itself. Its role, network and environment follow from it. */
export type Needs = {
  /** Its own service's table, or an index of it. */
  readonly table?: readonly TableAccess[];
  /** How the keys of the items begin that it reads and writes, if it needs only some kinds. */
  readonly keys?: readonly string[];
  /** The same of those that it writes, if it writes fewer kinds than it reads. */
  readonly writes?: readonly string[];
  /** What it does is audited: it writes new entries of its own service's audit. */
  readonly isAudited?: true;
  /** The services whose tables it reads and scans, whoever's they are. */
  readonly audits?: readonly string[];
  /** It reads the records of all participants: those that a caller names, or also those that are open. */
  readonly inspects?: 'named' | 'open';
  /** The services whose records it rewrites, whoever's they are. */
  readonly rewrites?: readonly string[];
  /** It finds an owner's sagas, and deletes the key by which the audit names the owner. */
  readonly erases?: true;
  /** `publish`: as its service's user. `consume`: the same, and its event source mapping reads the queue. */
  readonly broker?: 'publish' | 'consume' | 'administer';
  /** How many of the broker's connections an environment may hold, if not one. */
  readonly connections?: number;
  /** Secrets for calls to the outside, by their names in functions/shop.ts. */
  readonly secrets?: readonly string[];
};

const reader: Needs = { table: ['read'] };
const announcer: Needs = { table: ['read', 'write'], broker: 'publish' };
/** A person's wish. */
const obeyer: Needs = { ...announcer, isAudited: true };

/** The same, of whoever publishes nothing. */
const editor: Needs = { table: ['read', 'write'], isAudited: true };

/** It uses more than one service's tables, since only the order's says whether an order has ended. */
const forgetter: Needs = {
  audits: shop.services,
  rewrites: shop.services,
  erases: true,
};

/** How the keys of the participants' records begin, and of what they last failed on: not of who did what, nor of names. */
const records = ['ord_', 'ORDER#', TROUBLE];

/** The needs of the shop's own functions, by the function's name in serverless.yml. */
const needsOfTheShop: Readonly<Record<string, Needs>> = {
  authorizer: {},
  health: {},
  specs: {},

  'put-stock': { table: ['read', 'write'], keys: ['SKU#', 'CATALOGUE#'], isAudited: true },
  'receive-stock': { table: ['read', 'write'], keys: ['SKU#', 'RECEIPT#'], isAudited: true },
  'get-stock': { ...reader, keys: ['SKU#'] },
  'list-stock': { table: ['read', 'query catalogue'], keys: ['SKU#'] },
  'get-reservation': { ...reader, keys: ['ORDER#'] },

  'stripe-webhook': { ...announcer, secrets: ['stripe', 'stripe-webhook'] },

  'get-timeline': { inspects: 'named', keys: records },
  'list-sagas': { inspects: 'open', keys: records },
  'look-up': { inspects: 'named', keys: records, secrets: ['stripe'] },
  reconcile: { audits: ['order', 'inventory', 'payment'], secrets: ['stripe'] },
  retain: forgetter,
  erase: forgetter,
  topology: { broker: 'administer' },
};

/** The needs of every participant's functions, by the handler's file. */
const needsOfAnyone = ({
  record,
  secrets,
  says,
  acts = [],
}: Part): readonly (readonly [file: string, needs: Needs])[] => [
  [
    'participate',
    { table: ['read', 'write'], broker: 'consume', ...(secrets === undefined ? {} : { secrets }) },
  ],
  [
    'dead-letters',
    {
      table: ['read', 'write'],
      // That a message is a dead letter is over when it is none any more.
      writes: [TROUBLE],
      isAudited: true,
      broker: 'publish',
      // One to read dead letters, and one to publish them again.
      connections: 2,
    },
  ],
  ['get-audit', { table: ['read', `query ${AUDIT}`], keys: [AUDIT_PREFIX] }],
  ['count-dead-letters', { broker: 'publish' }],
  ...(record === undefined ? [] : [['get-record', reader] as const]),
  ...(canBeStuck(says) ? [['resolve', obeyer] as const] : []),
  // They publish nothing. Where they ask the outside, it needs no way out of the broker's network.
  ...acts.map((act) => [act, { ...editor, ...(secrets === undefined ? {} : { secrets }) }] as const),
];

/** The needs of the initiator's further functions. */
const needsOfTheInitiator = (saga: Saga): readonly (readonly [file: string, needs: Needs])[] => [
  ['place', announcer],
  ['get', { table: ['read', 'write'], keys: [`${saga.id.prefix}_`, PERMIT], writes: [PERMIT] }],
  ['list', { table: ['read', `query ${byOwner(saga)}`], keys: [`${saga.id.prefix}_`] }],
  ['cancel', obeyer],
  // A saga that it ends gives back its owner's place.
  ['nudge-now', { ...obeyer, keys: [`${saga.id.prefix}_`, tallyKey('')] }],
  ['nudge', { table: ['read', 'write', 'scan', `query ${DUE}`], broker: 'publish' }],
];

/** @throws Error if this file does not know the function: packaging then fails */
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
 * The service that a handler's folder names; undefined if it names none.
 * @throws Error if it names none, but the function needs a service's table or broker user
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
