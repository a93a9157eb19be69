import { expect, test } from 'vitest';
import { offlineUrl } from '../../../infra/local/rabbitmq-event-source/offline-url.ts';

test.each([
  ['localhost', 'http://localhost:3002'],
  ['192.0.2.7', 'http://192.0.2.7:3002'],
  ['0.0.0.0', 'http://127.0.0.1:3002'],
  ['::', 'http://[::1]:3002'],
  ['::1', 'http://[::1]:3002'],
  ['2001:db8::7', 'http://[2001:db8::7]:3002'],
])('a serverless-offline that listens on %s is invoked at %s', (host, url) => {
  expect(offlineUrl(host, '3002')).toBe(url);
  expect(URL.canParse(url)).toBe(true);
});
