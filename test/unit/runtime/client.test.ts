import { expect, test } from 'vitest';
import { reasonIn } from '../../support/runtime/client.ts';
import { establishedIn } from '../../support/runtime/sockets.ts';
import { cpuMsIn, memoryMbIn, usageOf } from '../../support/runtime/usage.ts';

/** Goal: where the client cannot be had, one line says why; and what a process uses is read as Linux writes it. */
test.each([
  [
    'a program that is missing',
    'npm error code 1\nnpm error command sh -c ./scripts/preinstall.sh\nnpm error Error: cmake is not installed.\nnpm error A complete log of this run can be found in: logs/1.log',
    'cmake is not installed',
  ],
  [
    'no registry',
    'npm error code ENOTFOUND\nnpm error network request failed, error: getaddrinfo',
    'network request failed, error: getaddrinfo',
  ],
  ['what nobody knows', 'it broke\n', 'it broke'],
  ['nothing', '', 'npm says nothing'],
])('npm’s output is one line: %s', (_, output, reason) => {
  expect(reasonIn(output)).toBe(reason);
});

test('CPU time is user and system time, whatever the program is called', () => {
  const fields = 'S 1 2 3 0 -1 4194304 100 0 0 0 25 7 0 0 20 0 11 0';
  expect(cpuMsIn(`4711 (node) ${fields}`)).toBe(320);
  expect(cpuMsIn(`4711 (a) b (c) ${fields}`)).toBe(320);
});

test('memory is the most that there was', () => {
  expect(memoryMbIn('VmPeak:\t 2048 kB\nVmHWM:\t   51200 kB\nVmRSS:\t 100 kB\n')).toBe(50);
  expect(() => memoryMbIn('VmRSS:\t 100 kB\n')).toThrow('VmHWM');
});

test('this process has used some', () => {
  const { cpuMs, memoryMb } = usageOf(process.pid);
  expect(cpuMs).toBeGreaterThan(0);
  expect(memoryMb).toBeGreaterThan(10);
});

test('a connection counts while both ends have it', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:A001 0100007F:1628 01 00000000:00000000 00:00000000 00000000     0        0 111 1
   1: 0100007F:A002 0100007F:1628 08 00000000:00000000 00:00000000 00000000     0        0 222 1
   2: 0100007F:A003 0100007F:1629 01 00000000:00000000 00:00000000 00000000     0        0 333 1
`;
  expect(establishedIn(table, 0x1628)).toEqual(['111']);
});
