import { readFileSync } from 'node:fs';

/** What a process has used since it began. */
export type Usage = { readonly cpuMs: number; readonly memoryMb: number };

/** Linux counts in hundredths of a second for all programs. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const TICK_MS = 10;

export const usageOf = (pid: number): Usage => ({
  cpuMs: cpuMsIn(readFileSync(`/proc/${pid}/stat`, 'utf8')),
  memoryMb: memoryMbIn(readFileSync(`/proc/${pid}/status`, 'utf8')),
});

/** User and system time. The program's name, in parentheses, may have spaces and parentheses in it. */
export function cpuMsIn(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [fields[11], fields[12]].map(Number);
  return ((user ?? 0) + (system ?? 0)) * TICK_MS;
}

/** The most that it ever had in memory. */
export function memoryMbIn(status: string): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  if (kilobytes === undefined) throw new Error('no VmHWM');
  return Number(kilobytes) / 1024;
}
