/** The outcomes that somebody may be told of. */
export const OUTCOMES = ['order.confirmed', 'order.cancelled'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Somebody outside who is told how orders end. */
export interface Subscriber {
  readonly name: string;
  readonly url: string;
  readonly types: readonly Outcome[];
}

/** A setting cannot be used. The message says what to change, and is enough. */
class SettingError extends Error {
  override readonly name = 'SettingError';
}

/** All of them stand in the environment of each function, which has 4 KB. */
const MAX_SUBSCRIBERS = 10;
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MAX_NAME_LENGTH = 30;

/**
 * Reads WEBHOOK_SUBSCRIBERS, such as `erp=https://erp.example/hooks order.confirmed, crm=https://crm.example`: names, each with
 * a URL and, if it does not want all, the outcomes.
 * @throws SettingError that tells no URL: there may be something secret in it
 */
export function subscribersFrom(text = ''): readonly Subscriber[] {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  if (entries.length > MAX_SUBSCRIBERS)
    throw new SettingError(`WEBHOOK_SUBSCRIBERS has more than ${MAX_SUBSCRIBERS} subscribers`);
  const subscribers = entries.map(subscriberIn);
  const names = subscribers.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw new SettingError(`WEBHOOK_SUBSCRIBERS has ${twice} twice`);
  return subscribers;
}

function subscriberIn(entry: string): Subscriber {
  const [, name = '', address = '', rest = ''] = /^([^=\s]*)=(\S+)(.*)$/.exec(entry) ?? [];
  if (!NAME.test(name) || name.length > MAX_NAME_LENGTH)
    throw new SettingError(
      'WEBHOOK_SUBSCRIBERS has a name that is not small letters, digits and dashes before "=" and a URL',
    );
  const refuse = (why: string) => new SettingError(`WEBHOOK_SUBSCRIBERS: ${why.replace('NAME', name)}`);
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol)) throw refuse('NAME has no URL that begins with https');
  if (url.username !== '' || url.password !== '')
    throw refuse('the URL of NAME has a password in it, which every function would have');
  const wanted = rest.split(/\s+/).filter((word) => word !== '');
  if (!wanted.every((word) => OUTCOMES.some((type) => type === word)))
    throw refuse(`NAME can be told of ${OUTCOMES.join(' and ')} only`);
  return {
    name,
    url: url.href,
    types: OUTCOMES.filter((type) => wanted.length === 0 || wanted.includes(type)),
  };
}

/** @throws SettingError naming a subscriber that would be told over a connection that anybody can read, or is not let out */
export function refuseUnreachable(subscribers: readonly Subscriber[]): void {
  for (const { name, url } of subscribers) {
    const { protocol, port } = new URL(url);
    const refuse = (why: string) => new SettingError(`WEBHOOK_SUBSCRIBERS: the URL of ${name} ${why}`);
    if (protocol !== 'https:') throw refuse('has to begin with https');
    if (port !== '') throw refuse('has a port: on AWS nothing leaves but by 443');
  }
}

/** The name of the secret that a subscriber's webhooks are signed with. */
export const secretOf = ({ name }: Pick<Subscriber, 'name'>): string => `webhook-${name}`;

/** The participant that tells subscribers how orders end. */
export type Listening = {
  readonly webhooks: {
    readonly consumes: readonly Outcome[];
    readonly says: Readonly<Record<never, never>>;
    readonly record: 'webhooks';
    readonly acts: readonly ['resend'];
    readonly secrets: readonly string[];
  };
};

/** Its entry in the declaration. Without subscribers there is none: no queue, no table, no function, and outcomes are not published. */
export const listenerFor = (subscribers: readonly Subscriber[]): object => {
  const webhooks: Listening['webhooks'] = {
    consumes: OUTCOMES.filter((type) => subscribers.some(({ types }) => types.includes(type))),
    says: {},
    record: 'webhooks',
    acts: ['resend'],
    secrets: subscribers.map(secretOf),
  };
  return subscribers.length === 0 ? {} : { webhooks };
};
