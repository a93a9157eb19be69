import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { runCommand } from '../../infra/local/processes/run-command.ts';
import { projectDir } from '../../infra/local/project.ts';

/** A release of Debian, by its name, unpacked in a folder of the project. */
export type Root = { readonly suite: string; readonly folder: string };

export const rootOf = (suite: string): Root => ({ suite, folder: join(projectDir, '.local/brokers', suite) });

const script = (name: string): string => join(projectDir, 'test/brokers', name);

/**
 * Namespaces of its own: whatever ends the command, and however, the kernel then ends its processes and takes down its
 * mounts. https://man7.org/linux/man-pages/man1/unshare.1.html
 */
const isolated = ['unshare', '--mount', '--pid', '--fork', '--kill-child', 'sh'];

/** Why no root can be made here; undefined if one can. */
export async function obstacle(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'it needs root on Debian';
  const missing = ['debootstrap', 'unshare', 'chroot', 'apt-get'].find((program) => !isOnPath(program));
  if (missing !== undefined) return `there is no ${missing}`;
  const { exitCode } = await runCommand('unshare', [...isolated.slice(1), '-c', 'true'], {
    timeoutMs: 5_000,
  });
  if (exitCode !== 0) return 'it may not make namespaces here';
  return (await mirror()) === undefined ? 'apt knows no mirror of Debian' : undefined;
}

const isOnPath = (program: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));

/** Where apt gets Debian from on this machine. */
export async function mirror(): Promise<string | undefined> {
  const filters = ['Created-By: Packages', 'Origin: Debian', 'Label: Debian'];
  const { stdout } = await runCommand('apt-get', ['indextargets', '--format', '$(SITE)', ...filters], {
    timeoutMs: 10_000,
  });
  return stdout.split('\n').find((line) => line !== '');
}

export const isMade = ({ folder }: Root): boolean => existsSync(folder);

/** The command that makes a root beside its place. `keep` moves it there once it is whole. */
export const making = ({ suite, folder }: Root, from: string): readonly string[] => [
  ...isolated,
  ...[script('make-root.sh'), partOf(folder), suite, from],
];

const partOf = (folder: string): string => `${folder}.part`;

/** Removes what an interrupted run has left. Nothing is mounted in it any more. */
export const discardPart = ({ folder }: Root): void =>
  rmSync(partOf(folder), { recursive: true, force: true });

export const keep = ({ folder }: Root): void => renameSync(partOf(folder), folder);

/** The version of RabbitMQ in a root, such as `4.0.5`. */
export const versionIn = ({ folder }: Root): string =>
  readdirSync(join(folder, 'usr/lib/rabbitmq/lib'))
    .map((name) => name.replace('rabbitmq_server-', ''))
    .join();

/** The same command with a root's programs, and with the environment in which it finds this project's. */
export const inRoot = (
  { folder }: Root,
  command: readonly string[],
): { readonly command: readonly string[]; readonly environment: NodeJS.ProcessEnv } => ({
  command: [...isolated, script('in-root.sh'), folder, projectDir, ...command],
  environment: {
    PATH: [
      dirname(process.execPath),
      join(projectDir, 'node_modules/.bin'),
      ...['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'],
    ].join(delimiter),
    HOME: '/root',
    LANG: 'C.UTF-8',
  },
});
