import type { ChannelModel } from 'amqplib';

const TAG_AND_LENGTH = 5;

/** A header's arrays, nested so deep, as they are written on the wire after the outermost one's tag and length. */
export function nestedArrays(levels: number): Buffer {
  const bytes = Buffer.alloc((levels - 1) * TAG_AND_LENGTH);
  for (let start = 0; start < bytes.length; start += TAG_AND_LENGTH) {
    bytes.write('A', start);
    bytes.writeUInt32BE(bytes.length - start - TAG_AND_LENGTH, start + 1);
  }
  return bytes;
}

/** amqplib encodes by recursion. On this connection, a header of these bytes is sent as the arrays that they encode. */
export function sendAsArrays({ connection }: ChannelModel, nested: Buffer): void {
  const { stream } = connection as unknown as { readonly stream: { write: (bytes: Buffer) => boolean } };
  const write = stream.write.bind(stream);
  stream.write = (bytes) => {
    const at = bytes.indexOf(nested);
    if (at > 0) bytes.write('A', at - TAG_AND_LENGTH);
    return write(bytes);
  };
}
