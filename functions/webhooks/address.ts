import { BlockList, isIP } from 'node:net';

/** Of IPv6 only this is given to the internet: neither mapped nor translated addresses of IPv4 are in it. */
const GIVEN_TO_INTERNET = ['2000::', 3] as const;

/** The parts of both that lead elsewhere. https://www.iana.org/assignments/iana-ipv4-special-registry and the same for IPv6 */
const ELSEWHERE = {
  ipv4: [
    ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
    ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15'],
    ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  ],
  ipv6: ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'],
} as const;

const given = new BlockList();
given.addSubnet(...GIVEN_TO_INTERNET, 'ipv6');
const elsewhere = new BlockList();
for (const family of ['ipv4', 'ipv6'] as const) {
  for (const network of ELSEWHERE[family]) {
    const [address = '', bits] = network.split('/');
    elsewhere.addSubnet(address, Number(bits), family);
  }
}

/** Whether an IP address is on the internet: in no network of ours, and no service of the machine, such as its credentials. */
export function isPublic(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !elsewhere.check(address, 'ipv4');
    case 6:
      return given.check(address, 'ipv6') && !elsewhere.check(address, 'ipv6');
    default:
      return false;
  }
}
