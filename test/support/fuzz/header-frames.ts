import fc from 'fast-check';

/** A header's value: a text, or a table or an array that holds values. */
export type Tree = string | readonly Tree[] | { readonly [name: string]: Tree };

/** Deeper than amqplib's recursion reaches. */
const depths = fc.oneof(fc.integer({ min: 0, max: 205 }), fc.constantFrom(3_000, 5_000, 20_000));

const leaf = fc.string({ maxLength: 8 });

/** The value in so many tables and arrays, each with a text beside the next one. */
const nestedIn = (kinds: readonly boolean[], depth: number, innermost: string): Tree => {
  let tree: Tree = innermost;
  for (let level = 0; level < depth; level += 1) {
    tree = kinds[level % kinds.length] === true ? { beside: 'x', in: tree } : ['x', tree];
  }
  return tree;
};

export const headerTrees: fc.Arbitrary<Readonly<Record<string, Tree>>> = fc.dictionary(
  fc.constantFrom('a', 'b', 'saga-origin', ''),
  fc
    .tuple(fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }), depths, leaf)
    .map(([kinds, depth, text]) => nestedIn(kinds, depth, text)),
  { maxKeys: 3 },
);

/** By a list of its own and not by recursion. Inside out: a table or an array begins with its length. */
function written(tree: Tree): Buffer {
  const levels: { readonly tag: string; readonly before: Buffer }[] = [];
  let inner = tree;
  while (typeof inner !== 'string') {
    if (isArray(inner)) {
      levels.push({ tag: 'A', before: text(inner[0]) });
      inner = inner[1] ?? '';
    } else {
      const before = Buffer.concat([name('beside'), text(inner.beside), name('in')]);
      levels.push({ tag: 'F', before });
      inner = inner.in ?? '';
    }
  }
  const parts = [text(inner)];
  let bytes = parts[0]?.length ?? 0;
  for (const { tag, before } of levels.toReversed()) {
    bytes += before.length;
    parts.push(before, head(tag, bytes));
    bytes += 5;
  }
  return Buffer.concat(parts.toReversed());
}

const isArray = (tree: object): tree is readonly Tree[] => Array.isArray(tree);

const head = (tag: string, bytes: number): Buffer => Buffer.concat([Buffer.from(tag), long(bytes)]);
const name = (value: string): Buffer => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
const text = (tree: Tree | undefined): Buffer => {
  const bytes = Buffer.from(typeof tree === 'string' ? tree : '');
  return Buffer.concat([head('S', bytes.length), bytes]);
};

function long(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A content header of a message without a body, with the message's type where one is given. */
export function headerFrame(
  headers: Readonly<Record<string, Tree>>,
  contentType: string | undefined,
): Buffer {
  const table = Buffer.concat(Object.entries(headers).flatMap(([key, tree]) => [name(key), written(tree)]));
  const given = contentType === undefined ? Buffer.alloc(0) : name(contentType);
  const flags = contentType === undefined ? [0x20, 0] : [0xa0, 0];
  // Class 60, weight 0, a body of 0 bytes.
  const content = Buffer.from([0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...flags]);
  const payload = Buffer.concat([content, given, long(table.length), table]);
  return Buffer.concat([Buffer.from([2, 0, 1]), long(payload.length), payload, Buffer.from([0xce])]);
}
