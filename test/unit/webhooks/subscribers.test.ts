import { expect, test } from 'vitest';
import { listenerFor, refuseUnreachable, subscribersFrom } from '../../../functions/subscribers.ts';

const both = ['order.confirmed', 'order.cancelled'];

test('subscribers have names, URLs and the outcomes that they want', () => {
  expect(
    subscribersFrom(' erp=https://erp.example/hooks?a=b  order.cancelled,crm=http://127.0.0.1:9/x,'),
  ).toEqual([
    { name: 'erp', url: 'https://erp.example/hooks?a=b', types: ['order.cancelled'] },
    { name: 'crm', url: 'http://127.0.0.1:9/x', types: both },
  ]);
});

test.each([
  ['erp', 'a name that is not'],
  ['ERP=https://erp.example/secret', 'a name that is not'],
  ['=https://erp.example/secret', 'a name that is not'],
  [`${'a'.repeat(31)}=https://erp.example`, 'a name that is not'],
  ['erp=secret', 'erp has no URL'],
  ['erp=ftp://erp.example/secret', 'erp has no URL'],
  ['erp=https://me:secret@erp.example', 'the URL of erp has a password in it'],
  [
    'erp=https://erp.example/secret order.placed',
    'erp can be told of order.confirmed and order.cancelled only',
  ],
  ['erp=https://erp.example/secret, erp=https://erp.example/other', 'has erp twice'],
  [Array.from({ length: 11 }, (_, index) => `s${index}=https://a.example/secret`).join(','), 'more than 10'],
])('%s is refused, and the URL not told', (setting, why) => {
  expect(() => subscribersFrom(setting)).toThrow(why);
  expect(() => subscribersFrom(setting)).not.toThrow('secret');
});

test('a URL of http, or with a port, is for a laptop only', () => {
  expect(() => refuseUnreachable(subscribersFrom('a=https://a.example,b=http://b.example/secret'))).toThrow(
    /^WEBHOOK_SUBSCRIBERS: the URL of b has to begin with https$/,
  );
  expect(() => refuseUnreachable(subscribersFrom('a=https://a.example:8443/hooks'))).toThrow(
    /^WEBHOOK_SUBSCRIBERS: the URL of a has a port/,
  );
  expect(() => refuseUnreachable(subscribersFrom('a=https://a.example:443'))).not.toThrow();
});

test('without subscribers there is no participant, and with some it hears of what they want', () => {
  expect(listenerFor(subscribersFrom(''))).toEqual({});
  expect(listenerFor(subscribersFrom(undefined))).toEqual({});
  const heardBy = (setting: string) => listenerFor(subscribersFrom(setting));
  expect(heardBy('a-b=https://a.example order.cancelled')).toMatchObject({
    webhooks: { consumes: ['order.cancelled'], says: {}, secrets: ['webhook-a-b'] },
  });
  expect(heardBy('a=https://a.example order.cancelled,b=https://b.example')).toMatchObject({
    webhooks: { consumes: both },
  });
});
