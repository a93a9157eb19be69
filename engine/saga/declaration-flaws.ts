import { causesOf, isAwaited, publications, typesOf } from './causality.ts';
import {
  type Declaration,
  type Initiation,
  isInitiation,
  type Participants,
  type Participation,
  saidBy,
} from './declaration.ts';
import { type EventKind, waitingKinds } from './kinds.ts';
import { commonRoles, STAFF } from './staff-roles.ts';

/** The reasons why a declaration cannot keep the promises, each with its remedy; empty if it can. */
export function declarationFlaws(saga: Declaration): readonly string[] {
  const initiators = Object.entries(saga.participants).filter(([, part]) => isInitiation(part));
  if (initiators.length !== 1) {
    return [`${initiators.length} participants begin the saga: exactly one entry has "begins"`];
  }
  return [
    ...nameFlaws(saga),
    ...publicationFlaws(saga),
    ...completionFlaws(saga),
    ...Object.entries(saga.participants).flatMap(([service, part]) =>
      isInitiation(part) ? [] : participationFlaws(service, part, saga),
    ),
    ...ownerFlaws(saga),
  ];
}

/** Tables and queues are named after sagas and services; an event type is a routing key. */
export const DASHED = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const PREFIX = /^[a-z][a-z0-9]*$/;
/** A service's name is its user on the broker, and these are the administrators: in AWS, on a laptop, of RabbitMQ itself. */
const BROKER_USERS = ['administrator', 'local', 'guest'];
const MEMBER = /^[a-z][A-Za-z]*Id$/;
const EVENT = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/;

/** The role of callers who may own a saga. */
export const ownerRoleOf = ({ owner }: Pick<Declaration, 'owner'>): string => owner.replace(/Id$/, '');

const isOfStaff = (role: string, own: readonly string[]): boolean =>
  [STAFF, ...commonRoles, ...own].includes(role);

const nameFlaws = ({ name, id, owner, roles = [], participants, events }: Declaration): readonly string[] => [
  ...misnamed([name], DASHED, 'cannot name a saga: use small letters, digits and dashes'),
  ...misnamed([id.prefix], PREFIX, 'cannot begin an id: use small letters and digits'),
  ...misnamed([id.name], MEMBER, 'cannot name an id: use a member such as "tripId"'),
  ...misnamed([owner], MEMBER, 'cannot name an owner: use a member such as "travellerId"'),
  // Whoever owns a saga would be taken for staff, who may see all of them.
  ...(isOfStaff(ownerRoleOf({ owner }), roles)
    ? [`an owner cannot be of the staff: call the member something else than ${owner}`]
    : []),
  ...misnamed(roles, DASHED, 'cannot name a role: use small letters, digits and dashes'),
  ...roles
    .filter((role, index) => isOfStaff(role, roles.slice(0, index)))
    .map((role) => `there is a role ${JSON.stringify(role)} already: give this one another name`),
  ...misnamed(
    Object.keys(participants),
    DASHED,
    'cannot name a service: use small letters, digits and dashes',
  ),
  ...Object.keys(participants)
    .filter((service) => BROKER_USERS.includes(service))
    .map(
      (service) =>
        `the broker has a user ${JSON.stringify(service)} of its own: give the service another name`,
    ),
  ...misnamed(
    Object.keys(events),
    EVENT,
    'cannot name an event: use small letters and a dot, as in "car.booked"',
  ),
  ...recordFlaws(participants),
];

const misnamed = (names: readonly string[], pattern: RegExp, flaw: string): readonly string[] =>
  names.filter((name) => !pattern.test(name)).map((name) => `${JSON.stringify(name)} ${flaw}`);

/** A record is the last part of a path. */
function recordFlaws(participants: Participants): readonly string[] {
  const records = Object.values(participants).flatMap(({ record }) => (record === undefined ? [] : [record]));
  const twice = records.filter((record, index) => records.indexOf(record) < index);
  return [
    ...misnamed(records, DASHED, 'cannot name a record: use small letters, digits and dashes'),
    ...twice.map((record) => `two participants have a record ${JSON.stringify(record)}: rename one of them`),
  ];
}

function publicationFlaws(saga: Declaration): readonly string[] {
  const said = Object.entries(saga.participants).flatMap(([service, part]) =>
    (isInitiation(part)
      ? [part.begins, part.cancels, part.succeeds, part.fails]
      : Object.keys(part.says)
    ).map((type) => [service, type] as const),
  );
  const publishersOf = (type: string) => said.filter(([, each]) => each === type).map(([service]) => service);
  return [...new Set([...Object.keys(saga.events), ...said.map(([, type]) => type)])].flatMap((type) => {
    const publishers = publishersOf(type);
    if (saga.events[type] === undefined) return [`${type} has no schema: add it to "events"`];
    if (publishers.length === 0)
      return [`nobody says ${type}: name its publisher, or take it out of "events"`];
    const [first, second] = publishers;
    if (second === undefined) return [];
    return first === second
      ? [`${first} says ${type} twice: give each of them an event of its own`]
      : [`${publishers.join(' and ')} both say ${type}: give each an event of its own`];
  });
}

function completionFlaws(saga: Declaration): readonly string[] {
  const published = publications(saga);
  if (saga.completes.length === 0) return ['"completes" is empty: name the events that end the saga well'];
  return saga.completes.flatMap((type) => {
    const { kind, service } = published.get(type) ?? {};
    if (kind === undefined) return [`"completes" names ${type}, which nobody says`];
    if (kind !== 'step') return [`"completes" names ${type}, ${aOrAn(kind)}: only a step completes a saga`];
    const part = saga.participants[service ?? ''];
    return part !== undefined && isInitiation(part)
      ? [`"completes" names ${type}, which begins the saga: name what comes of it`]
      : [];
  });
}

const aOrAn = (kind: EventKind): string => `${/^[aeio]/.test(kind) ? 'an' : 'a'} ${kind}`;

function participationFlaws(service: string, part: Participation, saga: Declaration): readonly string[] {
  const kinds = kindsHeard(part, saga);
  if (part.consumes.length === 0) return [`${service} consumes nothing: name what it acts on`];
  if (new Set(part.consumes).size < part.consumes.length) return [`${service} consumes an event twice`];
  const unheard = part.consumes.flatMap((type) => {
    const kind = publications(saga).get(type)?.kind;
    if (kind === undefined) return [`${service} consumes ${type}, which nobody says`];
    return kind === 'step' || kind === 'outcome'
      ? []
      : [
          `${service} consumes ${type}, ${aOrAn(kind)}: it hears of every failure anyway, and the initiator alone of the rest`,
        ];
  });
  if (unheard.length > 0) return unheard;
  if (kinds.has('outcome')) return listenerFlaws(service, part, kinds);
  return stepFlaws(service, part, saga);
}

const kindsHeard = (part: Participation, saga: Declaration): ReadonlySet<string | undefined> =>
  new Set(part.consumes.map((type) => publications(saga).get(type)?.kind));

/** A participant that consumes an outcome acts after the saga has ended, so it cannot change the outcome. */
function listenerFlaws(
  service: string,
  part: Participation,
  kinds: ReadonlySet<string | undefined>,
): readonly string[] {
  if (kinds.size > 1) return [`${service} consumes steps and outcomes: make two participants of it`];
  return Object.keys(part.says).map(
    (type) =>
      `${service} acts after the saga has ended and must not say ${type}: let it consume a step instead`,
  );
}

function stepFlaws(service: string, part: Participation, saga: Declaration): readonly string[] {
  const steps = typesOf(part, 'step');
  const outcomes = typesOf(part, 'outcome').map(
    (type) => `${service} says ${type}, an outcome: the initiator alone says how a saga ends`,
  );
  if (steps.length !== 1) {
    return [
      ...outcomes,
      `${service} says ${steps.length} steps: each participant says one, when it has succeeded`,
    ];
  }
  const [step = ''] = steps;
  if (causesOf(service, saga).has(step))
    return [...outcomes, `${service} waits for itself: ${step} leads to it again`];
  return [
    ...outcomes,
    ...waitingFlaws(service, part, saga),
    ...(isAwaited(service, saga) ? [] : unawaitedFlaws(service, part, step, saga)),
  ];
}

/** The initiator shows its owner what a saga waits for. */
function waitingFlaws(service: string, part: Participation, { events }: Declaration): readonly string[] {
  const [impasse] = typesOf(part, 'impasse');
  const waits = [...waitingKinds].flatMap((kind) => {
    const [, ...others] = typesOf(part, kind);
    return others.map(
      (type) => `${service} says ${type}, one ${kind} too many: let the data tell them apart`,
    );
  });
  return [
    ...waits,
    ...[...waitingKinds]
      .flatMap((kind) => typesOf(part, kind))
      .filter((type) => events[type] !== undefined && !hasMember(events[type].schema, 'waitingFor'))
      .map((type) => `${type} does not say whom the saga waits for: add waitingFor to its schema`),
    ...(impasse !== undefined && typesOf(part, 'compensation').length === 0
      ? [`${service} says ${impasse} and undoes nothing: declare a compensation, or no impasse`]
      : []),
  ];
}

/** An event that the saga does not wait for may come after it has succeeded, and then nothing is undone. */
function unawaitedFlaws(
  service: string,
  part: Participation,
  step: string,
  { participants }: Declaration,
): readonly string[] {
  const dangers = [
    ...typesOf(part, 'failure').map((failure) => `${failure} may come after the saga has succeeded`),
    ...typesOf(part, 'compensation').map(
      (type) => `${service} may act after the saga has succeeded, and ${type} never be said`,
    ),
  ].map((danger) => `${danger}: add ${step} to "completes", so that the saga waits for ${service}`);
  if (dangers.length > 0) return dangers;
  const isHeard = Object.values(participants).some(
    (each) => !isInitiation(each) && each.consumes.includes(step),
  );
  return isHeard ? [] : [`nobody hears ${step}: let a participant consume it, or add it to "completes"`];
}

/** A participant that hears of a failure before it has acted writes a tombstone, which must name the saga's owner. */
function ownerFlaws(saga: Declaration): readonly string[] {
  const has = (type: string) => hasMember(saga.events[type]?.schema, saga.owner);
  const initiator = Object.values(saga.participants).find(isInitiation) as Initiation;
  // Of a saga that nobody has placed, a wait may be all that the initiator ever hears.
  const said = Object.values(saga.participants).flatMap((part) => [
    ...failuresOf(part),
    ...typesOf(part, 'wait'),
  ]);
  const lacking = [initiator.begins, ...said]
    .filter((type) => saga.events[type] !== undefined && !has(type))
    .map((type) => `${type} does not say whose saga it is: add ${saga.owner} to its schema`);
  const unowned = Object.entries(saga.participants).flatMap(([service, part]) =>
    isInitiation(part) || part.consumes.some(has)
      ? []
      : [
          `${service} hears nothing that says whose saga it is: let it consume an event with ${saga.owner}, too`,
        ],
  );
  return [...lacking, ...unowned];
}

const failuresOf = (part: Initiation | Participation): readonly string[] =>
  Object.entries(saidBy(part)).flatMap(([type, kind]) => (kind === 'failure' ? [type] : []));

/** A record's state holds the engine's members beside those of events and requests, so none may have the name of another. */
export const overwritingFlaws = (
  service: string,
  enginesOwn: readonly string[],
  schemas: readonly unknown[],
): readonly string[] =>
  enginesOwn
    .filter((name) => schemas.some((schema) => hasMember(schema, name)))
    .map(
      (name) => `${service} cannot have a member ${name}, which its record has already: give it another name`,
    );

export const hasMember = (schema: unknown, member: string): boolean =>
  typeof schema === 'object' &&
  schema !== null &&
  'shape' in schema &&
  typeof schema.shape === 'object' &&
  schema.shape !== null &&
  member in schema.shape;
