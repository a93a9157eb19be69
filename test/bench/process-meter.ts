import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second, whatever the kernel's own tick. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const TICKS_PER_SECOND = 100;

export interface Usage {
  readonly cpuSeconds: number;
  /** The most it has held at once since it began. */
  readonly peakMB: number;
}

export type Usages = Readonly<Record<string, Usage>>;

export const canMeter = process.platform === 'linux';

const nothing: Usage = { cpuSeconds: 0, peakMB: 0 };

/** What each part's process group has used until now, by the part's name. Linux only. */
export function usageOf(leaders: Readonly<Record<string, number>>): Usages {
  const groups = new Map<number, Usage>();
  for (const pid of readdirSync('/proc')) {
    const found = /^\d+$/.test(pid) ? processOf(pid) : undefined;
    if (found === undefined) continue;
    const { cpuSeconds, peakMB } = groups.get(found.group) ?? nothing;
    groups.set(found.group, { cpuSeconds: cpuSeconds + found.cpuSeconds, peakMB: peakMB + found.peakMB });
  }
  return Object.fromEntries(Object.entries(leaders).map(([name, pid]) => [name, groups.get(pid) ?? nothing]));
}

function processOf(pid: string): (Usage & { readonly group: number }) | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold anything; the numbers begin after it.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [group = 0, user = 0, system = 0, childUser = 0, childSystem = 0] = [2, 11, 12, 13, 14].map(
      (index) => fields[index] ?? 0,
    );
    // https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return {
      group,
      cpuSeconds: (user + system + childUser + childSystem) / TICKS_PER_SECOND,
      peakMB: Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024,
    };
  } catch {
    // It ended in between.
    return undefined;
  }
}
