import { existsSync } from 'node:fs';
import { lastLines, runCommand } from '../../../infra/local/processes/run-command.ts';

/** Where distributions put it. */
const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const INSTALL_MS = 10 * 60_000;

/**
 * A Chromium of this machine. Debian's is installed with apt-get where there is none, as RabbitMQ is.
 * @throws Error where there is none and none can be installed: what needs it has not run then, and does not count as passed
 */
export async function findChromium(): Promise<string> {
  const found = PATHS.find((path) => existsSync(path));
  if (found !== undefined) return found;
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    throw new Error(
      'Not run: there is no Chromium on this machine. Install one, as apt-get install chromium does on Debian.',
    );
  console.log('… installing chromium with apt-get (once, about a minute)');
  let result = await aptGet('install', '--yes', '--no-install-recommends', 'chromium');
  if (result.exitCode !== 0) {
    await aptGet('update');
    result = await aptGet('install', '--yes', '--no-install-recommends', 'chromium');
  }
  const installed = PATHS.find((path) => existsSync(path));
  if (installed === undefined)
    throw new Error(`Not run: apt-get could not install chromium:\n${lastLines(result.output, 8)}`);
  return installed;
}

/** Another apt-get may hold the lock. */
const aptGet = (...args: readonly string[]) =>
  runCommand('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args], {
    timeoutMs: INSTALL_MS,
    environment: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
  });
