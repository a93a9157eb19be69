import { expect, test } from 'vitest';
import { portsFrom } from '../../../infra/local/ports.ts';
import { checkSettings } from '../../../infra/local/settings.ts';

test.each([
  ['SAGA_DEADLINE_SECONDS', 'abc', 'SAGA_DEADLINE_SECONDS is "abc", which is not a number of seconds.'],
  ['SAGA_DEADLINE_SECONDS', '-1', 'SAGA_DEADLINE_SECONDS is "-1"'],
  ['METRICS', 'some', 'it has to be none, alarms, all'],
  ['LOG_LEVEL', 'loud', 'The levels are: debug, info, warn, error.'],
  ['RETRY_DELAYS', 'foo', 'RETRY_DELAYS cannot be used: retry delay "foo" is not a whole number with a unit'],
  ['QUEUE_SHARDS', 'inventory=3', 'QUEUE_SHARDS cannot be used: "inventory=3" is neither 1, 2, 4, 8, 16'],
  [
    'PAYMENT_RATE_LIMIT',
    '0',
    'The rate limits cannot be used: PAYMENT_RATE_LIMIT is "0": it has to be a number',
  ],
  ['PAYMENT_ENDPOINT_RATE_LIMIT', '2.5', 'PAYMENT_ENDPOINT_RATE_LIMIT is "2.5"'],
  ['MAX_WAITING', 'few', 'MAX_WAITING is "few": it has to be a number of messages, or none'],
  [
    'MAX_EXPECTED_WAIT_SECONDS',
    '1m',
    'MAX_EXPECTED_WAIT_SECONDS is "1m": it has to be a number of seconds, or none',
  ],
  ['WAIT_PERMITS', 'all', 'WAIT_PERMITS is "all": it has to be a number up to 9999, or none'],
  ['MAX_OPEN_PER_OWNER', 'a few', 'MAX_OPEN_PER_OWNER: "a few" has to be a number, or none'],
  ['MAX_OPEN_PER_OWNER', '20,trusted', 'MAX_OPEN_PER_OWNER: "trusted" has to be a number, or none'],
  ['PAUSE_AFTER_FAILURES', '0', 'PAUSE_AFTER_FAILURES: "0" has to be a number, or none'],
  ['MAX_QUANTITY_PER_LINE', '-1', 'MAX_QUANTITY_PER_LINE is "-1": it has to be a number, or none'],
  ['MAX_STOCK_SHARE', '0.5', 'MAX_STOCK_SHARE is "0.5": it has to be a percentage, such as 50%, or none'],
  ['LOW_STOCK', 'few', 'LOW_STOCK is "few": it has to be a number'],
])('%s=%s is refused before anything starts, and says why', (name, value, why) => {
  expect(() => checkSettings({ [name]: value })).toThrow(why);
});

test('what is not set, or set well, is no concern', () => {
  checkSettings({});
  checkSettings({
    SAGA_DEADLINE_SECONDS: '60',
    LOG_LEVEL: 'debug',
    METRICS: 'alarms',
    RETRY_DELAYS: '1s,2m',
    QUEUE_SHARDS: '4',
    PAYMENT_RATE_LIMIT: '100',
    PAYMENT_ENDPOINT_RATE_LIMIT: 'none',
    MAX_WAITING: 'none',
    MAX_EXPECTED_WAIT_SECONDS: '30',
    WAIT_PERMITS: 'none',
    MAX_OPEN_PER_OWNER: '20,trusted=200,staff=none',
    PAUSE_AFTER_FAILURES: 'none',
    MAX_QUANTITY_PER_LINE: '100',
    MAX_STOCK_SHARE: '100%',
    LOW_STOCK: '0',
  });
});

test('two settings cannot choose the same port', () => {
  expect(() => portsFrom({ API_PORT: '3010' })).toThrow(
    'Port 3010 is chosen twice: by API_PORT and by PAYMENTS_PORT.',
  );
});
