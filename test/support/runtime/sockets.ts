import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** https://github.com/torvalds/linux/blob/master/include/net/tcp_states.h */
const ESTABLISHED = '01';

/**
 * How many connections of a process to a local port are open at both ends. The kernel answers for a process that is frozen,
 * so this tells when its peer has closed. https://www.kernel.org/doc/Documentation/networking/proc_net_tcp.txt
 */
export const openConnections = (pid: number, port: number): number =>
  establishedIn(readFileSync(`/proc/${pid}/net/tcp`, 'utf8'), port).filter((inode) =>
    socketsOf(pid).has(inode),
  ).length;

/** The inodes of sockets that are connected to a port. */
export function establishedIn(table: string, port: number): readonly string[] {
  const rows = table
    .split('\n')
    .slice(1)
    .map((row) => row.trim().split(/\s+/));
  return rows.flatMap(([, , remote, state, , , , , , inode]) => {
    const [, remotePort = ''] = remote?.split(':') ?? [];
    return state === ESTABLISHED && Number.parseInt(remotePort, 16) === port && inode !== undefined
      ? [inode]
      : [];
  });
}

const socketsOf = (pid: number): ReadonlySet<string> =>
  new Set(readdirSync(`/proc/${pid}/fd`).flatMap((name) => inodeOf(`/proc/${pid}/fd/${name}`) ?? []));

function inodeOf(descriptor: string): string | undefined {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(descriptor))?.[1];
  } catch {
    // It was closed between two looks.
    return undefined;
  }
}
