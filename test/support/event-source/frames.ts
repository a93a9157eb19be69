/** Frames that a client must not send: the broker closes the channel or connection. */

const METHOD_FRAME = 1;
const FRAME_END = 0xce;

function methodFrame(channel: number, classId: number, methodId: number, parameters: Buffer): Buffer {
  const head = Buffer.alloc(11);
  head.writeUInt8(METHOD_FRAME, 0);
  head.writeUInt16BE(channel, 1);
  head.writeUInt32BE(4 + parameters.length, 3);
  head.writeUInt16BE(classId, 7);
  head.writeUInt16BE(methodId, 9);
  return Buffer.concat([head, parameters, Buffer.of(FRAME_END)]);
}

/** `basic.ack` of a delivery that does not exist: the broker closes the channel with 406. */
export function acknowledgementOfNothing(channel: number): Buffer {
  const parameters = Buffer.alloc(9);
  parameters.writeBigUInt64BE(1_000_000_000n, 0);
  return methodFrame(channel, 60, 80, parameters);
}

/** `basic.qos` on a channel that is not open: the broker closes the connection with 504. */
export function methodOnUnopenedChannel(): Buffer {
  return methodFrame(7, 60, 10, Buffer.alloc(7));
}
