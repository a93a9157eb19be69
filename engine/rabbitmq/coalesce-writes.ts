import type { Writable } from 'node:stream';
import type { ChannelModel } from 'amqplib';

/**
 * Sends all writes of one turn of the event loop in one system call. amqplib writes each message by itself, and for a
 * small message that call costs more than all else. Node's HTTP does the same with its headers.
 * https://nodejs.org/api/stream.html#writablecork
 */
export function coalesceWrites({ connection }: ChannelModel): void {
  // The package's types omit the socket.
  const { stream: socket } = connection as typeof connection & { readonly stream: Writable };
  const write = socket.write.bind(socket) as (...args: readonly unknown[]) => boolean;
  let isCorked = false;
  socket.write = (...args: readonly unknown[]): boolean => {
    if (!isCorked) {
      isCorked = true;
      socket.cork();
      process.nextTick(() => {
        isCorked = false;
        socket.uncork();
      });
    }
    return write(...args);
  };
}
