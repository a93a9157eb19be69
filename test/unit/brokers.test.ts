import { expect, test } from 'vitest';
import { startRecordedRun } from '../support/localstack/recorded-run.ts';

const script = 'test/brokers/brokers.ts';

// Root on Debian gets to the programs; whoever is not is told that before.
test.each([
  ['debootstrap', []],
  ['a mirror of Debian', ['debootstrap', 'unshare', 'chroot', 'apt-get']],
])(
  'without %s it says in one line that no other broker can be had, ends with 77, and does nothing',
  async (_, programs) => {
    const run = startRecordedRun({ script, programs });
    try {
      expect(await run.ended).toEqual({
        exitCode: 77,
        output: expect.stringMatching(/^Not run: other brokers cannot be had here, because .*\.\n$/),
      });
      expect(run.calls().map(({ program }) => program)).not.toContain('debootstrap');
    } finally {
      run.discard();
    }
  },
);

test('a broker that it does not know is refused with those that it knows', async () => {
  const run = startRecordedRun({ script, args: ['bullseye'], programs: [] });
  try {
    expect(await run.ended).toEqual({
      exitCode: 2,
      output: 'There is no broker "bullseye". The brokers are: installed, trixie, forky.\n',
    });
  } finally {
    run.discard();
  }
});
