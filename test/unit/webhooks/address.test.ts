import { expect, test } from 'vitest';
import { isPublic } from '../../../functions/webhooks/address.ts';

test.each([
  '1.1.1.1',
  '52.95.110.1',
  '172.32.0.1',
  '192.167.255.255',
  '2606:4700::1111',
  '2a00:1450:4001::1',
])('%s is on the internet', (address) => {
  expect(isPublic(address)).toBe(true);
});

test.each([
  ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254', '172.16.0.1'],
  ...['172.31.255.255', '192.168.1.1', '198.18.0.1', '224.0.0.1', '255.255.255.255'],
  ...[
    '::',
    '::1',
    'fe80::1',
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '64:ff9b::7f00:1',
  ],
  // The same addresses of IPv4 in IPv6, and what is no address.
  ...['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:1.1.1.1', '::127.0.0.1', 'localhost', '', '1.1.1'],
])('%j is not', (address) => {
  expect(isPublic(address)).toBe(false);
});
