import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { endProcess } from '../../../infra/local/processes/end-process.ts';
import { identify } from '../../../infra/local/processes/process-identity.ts';

export type Origin = {
  /** The process group in which a command ran. */
  readonly group: number | undefined;
  /** The run's temporary folder, which no other process uses. */
  readonly folder: string;
};

/** A process that still runs. */
export type Trace = { readonly pid: number; readonly command: string };

const pollMs = 100;

/** Waits a moment for ending processes, then kills a command's leftover processes and returns them. */
export async function endLeftovers(origin: Origin, patienceMs: number): Promise<readonly Trace[]> {
  const deadline = performance.now() + patienceMs;
  while (leftoversOf(origin).length > 0 && performance.now() < deadline) await delay(pollMs);
  const leftovers = leftoversOf(origin);
  for (const { pid } of leftovers) {
    const identity = identify(pid);
    if (identity !== undefined) await endProcess(identity, 'SIGKILL', 0);
  }
  return leftovers;
}

/**
 * The local system's parts lead their own process groups, but use data in the run's folder. A process that a test
 * spawns itself stays in the command's group.
 */
function leftoversOf({ group, folder }: Origin): readonly Trace[] {
  const processes = process.platform === 'linux' ? processesFromProc() : processesFromPs();
  return processes.filter(
    (candidate) =>
      candidate.pid !== process.pid && (candidate.group === group || candidate.surroundings.includes(folder)),
  );
}

type Candidate = Trace & { readonly group: number; readonly surroundings: string };

/** https://man7.org/linux/man-pages/man5/proc.5.html */
function processesFromProc(): readonly Candidate[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        // After the program's name in parentheses: state, parent, group.
        const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (state === 'Z' || state === 'X') return [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        const surroundings = [
          command,
          readlinkSync(`/proc/${name}/cwd`),
          readFileSync(`/proc/${name}/environ`, 'utf8'),
        ].join('\0');
        return [{ pid: Number(name), group: Number(group), command, surroundings }];
      } catch {
        // The process has ended, or belongs to another user.
        return [];
      }
    });
}

/** `ps` gives neither folder nor environment of a process, so this finds fewer leftovers than on Linux. */
function processesFromPs(): readonly Candidate[] {
  return execFileSync('ps', ['-Awwo', 'pid=,pgid=,command='], { encoding: 'utf8' })
    .split('\n')
    .flatMap((line) => {
      const [, pid, group, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      if (pid === undefined || command.startsWith('ps ')) return [];
      return [{ pid: Number(pid), group: Number(group), command, surroundings: command }];
    });
}
