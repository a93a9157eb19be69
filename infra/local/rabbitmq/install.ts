import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { lastLines, runCommand } from '../processes/run-command.ts';
import { SetupError } from '../processes/setup-error.ts';

const policyFile = '/usr/sbin/policy-rc.d';
const policyMarker = '# Written by OrderSaga while it installs rabbitmq-server; safe to delete.';
const installTimeoutMs = 10 * 60_000;

export function canInstallFromDistribution(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

/**
 * Installs rabbitmq-server with apt-get, but keeps the distribution's service from starting: the project runs private
 * nodes only. On Debian, a policy-rc.d that exits with 101 forbids service starts
 * (https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt).
 */
export async function installFromDistribution(report: (line: string) => void): Promise<void> {
  report('… installing rabbitmq-server with apt-get (once, about a minute)');
  const removePolicy = forbidServiceStarts();
  try {
    let result = await aptGet('install', '--yes', '--no-install-recommends', 'rabbitmq-server');
    if (result.exitCode !== 0 && result.output.includes('dpkg --configure -a')) {
      // An earlier installation was killed.
      await runCommand('dpkg', ['--configure', '-a'], aptOptions());
      result = await aptGet('install', '--yes', '--no-install-recommends', 'rabbitmq-server');
    }
    if (result.exitCode !== 0) {
      // The package lists are missing, or name files that the mirror no longer has.
      await aptGet('update');
      result = await aptGet('install', '--yes', '--no-install-recommends', 'rabbitmq-server');
    }
    if (result.exitCode !== 0) {
      throw new SetupError(`apt-get could not install rabbitmq-server:\n${lastLines(result.output, 8)}`);
    }
  } finally {
    removePolicy();
  }
}

function forbidServiceStarts(): () => void {
  const isOurs = existsSync(policyFile) && readFileSync(policyFile, 'utf8').includes(policyMarker);
  if (existsSync(policyFile) && !isOurs) return () => {};
  writeFileSync(policyFile, `#!/bin/sh\n${policyMarker}\nexit 101\n`, { mode: 0o755 });
  return () => rmSync(policyFile, { force: true });
}

function aptGet(...args: readonly string[]) {
  // Another apt-get may hold the lock: an unattended upgrade, or another start of this system.
  return runCommand('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args], aptOptions());
}

function aptOptions() {
  return {
    timeoutMs: installTimeoutMs,
    environment: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
  };
}
