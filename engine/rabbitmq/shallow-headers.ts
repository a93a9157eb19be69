import type { ChannelModel } from 'amqplib';

/** More than any use of headers needs. amqplib decodes by recursion, and overflows the stack at about 3,500 levels. */
const MAX_DEPTH = 100;

/** What amqplib's connection has beyond its declared type: the bytes not read yet, and the method that reads a frame. */
interface Receiver {
  readonly rest: Buffer;
  recvFrame: () => unknown;
}

/**
 * Whoever may publish can nest a header's tables and arrays as deep as a frame is long. What is deeper than MAX_DEPTH is
 * read as bytes: otherwise that message would end the connection at each of its deliveries, and nothing behind it would
 * arrive.
 */
export function readDeepHeadersAsBytes({ connection }: ChannelModel): void {
  const receiver = connection as unknown as Receiver;
  const receiveFrame = receiver.recvFrame.bind(receiver);
  receiver.recvFrame = () => {
    flatten(receiver.rest);
    return receiveFrame();
  };
}

const HEADER_FRAME = 2;
/** Type, channel and size. */
const FRAME_HEAD_BYTES = 7;
/** Class, weight and the body's size. */
const CONTENT_HEAD_BYTES = 12;
const CONTENT_TYPE_FLAG = 0x8000;
const CONTENT_ENCODING_FLAG = 0x4000;
const HEADERS_FLAG = 0x2000;

/** Changes the headers of the first frame, if that is a whole content header. AMQP 0-9-1, 4.2.3 and 4.2.6. */
function flatten(frames: Buffer): void {
  if (frames[0] !== HEADER_FRAME || frames.length < FRAME_HEAD_BYTES) return;
  if (frames.length <= FRAME_HEAD_BYTES + frames.readUInt32BE(3)) return;
  const flags = frames.readUInt16BE(FRAME_HEAD_BYTES + CONTENT_HEAD_BYTES);
  if ((flags & HEADERS_FLAG) === 0) return;
  let offset = FRAME_HEAD_BYTES + CONTENT_HEAD_BYTES + 2;
  for (const flag of [CONTENT_TYPE_FLAG, CONTENT_ENCODING_FLAG])
    if ((flags & flag) !== 0) offset += 1 + frames.readUInt8(offset);
  flattenTable(frames, offset);
}

const TABLE = 'F'.charCodeAt(0);
const ARRAY = 'A'.charCodeAt(0);
const TEXT = 'S'.charCodeAt(0);
const BYTES = 'x'.charCodeAt(0);
const LENGTH_BYTES = 4;
/** The tag and the length that each level has at least. */
const LEVEL_BYTES = 1 + LENGTH_BYTES;

/** https://www.rabbitmq.com/amqp-0-9-1-errata#section_3 */
const sizes = new Map<number, number>(
  Object.entries({ b: 1, B: 1, t: 1, s: 2, u: 2, I: 4, i: 4, f: 4, l: 8, d: 8, T: 8, D: 5, V: 0 }).map(
    ([tag, bytes]) => [tag.charCodeAt(0), bytes],
  ),
);

/** A table, an array and bytes are all written as a tag, a length and the rest, so one tag becomes another in its place. */
function flattenTable(bytes: Buffer, start: number): void {
  const length = bytes.readUInt32BE(start);
  if (length < MAX_DEPTH * LEVEL_BYTES) return;
  let offset = start + LENGTH_BYTES;
  const open = [{ isTable: true, end: offset + length }];
  for (let inner = open.at(-1); inner !== undefined; inner = open.at(-1)) {
    if (offset >= inner.end) {
      open.pop();
      continue;
    }
    // In a table, a name stands before each value.
    if (inner.isTable) offset += 1 + bytes.readUInt8(offset);
    const tag = bytes.readUInt8(offset);
    offset += 1;
    if (tag === TABLE || tag === ARRAY) {
      const end = offset + LENGTH_BYTES + bytes.readUInt32BE(offset);
      if (open.length <= MAX_DEPTH) {
        open.push({ isTable: tag === TABLE, end });
        offset += LENGTH_BYTES;
      } else {
        bytes.writeUInt8(BYTES, offset - 1);
        offset = end;
      }
    } else if (tag === TEXT || tag === BYTES) offset += LENGTH_BYTES + bytes.readUInt32BE(offset);
    else {
      const size = sizes.get(tag);
      // The broker accepts no other type, and amqplib refuses it.
      if (size === undefined) return;
      offset += size;
    }
  }
}
