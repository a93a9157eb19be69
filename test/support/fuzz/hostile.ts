import fc from 'fast-check';
import { type Flaw, flawed, Members, textOf, Verbatim, type Written, written } from './json-text.ts';

const MEGABYTE = 1024 * 1024;

const longText = fc
  .tuple(
    fc.constantFrom('x', '€', '\u{1f4a9}', '\0', '"', '\\', '\ud800'),
    fc.constantFrom(65, 129, 256, 501, 5_000),
  )
  .map(([text, count]) => text.repeat(count));

export const hostileName = fc.oneof(
  fc.constantFrom(
    ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', 'toJSON', 'valueOf'],
    ...['', ' ', 'a/b~c', '\0', '\ud800', 'type', 'data', 'customerId', 'items', 'status', 'pk', '$ref'],
  ),
  fc.string({ maxLength: 8, unit: 'binary' }),
);

export const hostileText = fc.oneof(
  hostileName,
  longText,
  fc.constantFrom(
    ...['null', '0', '-1', '1e9', 'NaN', 'true', '[object Object]', '../../etc/passwd', '%00', '%2e%2e%2f'],
    ...[
      '\udfff',
      'a\ud800',
      '\ud83d',
      '\ufeff',
      '\uffff',
      'İ',
      'a\r\nx-injected: 1',
      "'; DROP TABLE orders;--",
    ],
    ...[
      'SKU#mug',
      'ORDER#ord_000000000000000000000001',
      'ord_000000000000000000000050',
      '{{7*7}}',
      '%{jndi:ldap://x}',
      '<script>',
      'a\u202eb',
    ],
    ...[
      '2026-01-01T00:00:00Z',
      '9999-99-99',
      'ord_000000000000000000000001',
      'ord_',
      'pm_card_visa',
      'EUR\n',
    ],
  ),
  fc.string({ maxLength: 30, unit: 'binary' }),
);

/** Numbers that no double holds, that are not JSON, or that are read as another number. */
const hostileNumber = fc.constantFrom<Written>(
  ...[0, -1, 0.5, 1.000_000_1, 10_001, 99_999_999, 100_000_000, 2 ** 31, 2 ** 53, 2 ** 64, 5e-324, 1e308],
  ...['-0', '1e999', '-1e999', '1E4', '1.0', '9'.repeat(400), `0.${'0'.repeat(400)}1`].map(
    (text) => new Verbatim(text),
  ),
  ...['01', '+1', '.5', '1.', '0x10', 'NaN', 'Infinity', '1_000', '1n'].map((text) => new Verbatim(text)),
);

const hostileTree = fc.constantFrom<Written>(
  [],
  new Members([]),
  [[]],
  [null],
  new Members([['__proto__', new Members([['status', 'CONFIRMED']])]]),
  new Members([['constructor', new Members([['prototype', new Members([['role', 'operator']])]])]]),
  new Members([['length', 1_000_000_000]]),
  new Members([['then', 'x']]),
  new Members([
    ['a', 1],
    ['a', 2],
  ]),
  Array.from(
    { length: 60 },
    (_, index) =>
      new Members([
        ['sku', `s${index}`],
        ['quantity', 1],
      ]),
  ),
  Array.from({ length: 1_000 }, () => 0),
  ...[
    'undefined',
    '{',
    ']',
    '"',
    '"\\x"',
    '"\\ud800"',
    '"\u0000"',
    '/**/1',
    "'x'",
    '[1,]',
    '{"a":1,}',
    '',
  ].map((text) => new Verbatim(text)),
);

const hostileValue: fc.Arbitrary<Written> = fc.oneof(
  fc.constantFrom(null, true, false),
  hostileNumber,
  hostileText,
  hostileTree,
  fc.jsonValue({ maxDepth: 3 }).map(written),
);

const flaw: fc.Arbitrary<Flaw> = fc.oneof(
  { weight: 8, arbitrary: hostileValue.map((by) => ({ kind: 'replace', by }) as const) },
  { weight: 3, arbitrary: fc.constant({ kind: 'drop' } as const) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(hostileName, hostileValue)
      .map(([name, value]) => ({ kind: 'add', name, value }) as const),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(hostileValue, fc.boolean())
      .map(([value, first]) => ({ kind: 'repeat', value, first }) as const),
  },
  { weight: 2, arbitrary: hostileName.map((name) => ({ kind: 'rename', name }) as const) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(1, 3, 200, 20_000).map((depth) => ({ kind: 'nest', depth }) as const),
  },
);

const placed = fc.tuple(flaw, fc.nat(10_000));
const flaws = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(placed) },
  { weight: 1, arbitrary: fc.array(placed, { minLength: 2, maxLength: 3 }) },
);

type Damage = (bytes: Buffer) => Buffer;

const spliced =
  (at: number, removed: number, ...added: readonly number[]): Damage =>
  (bytes) => {
    const position = at % (bytes.length + 1);
    return Buffer.concat([
      bytes.subarray(0, position),
      Buffer.from(added),
      bytes.subarray(position + removed),
    ]);
  };

const padded =
  (size: number): Damage =>
  (bytes) =>
    Buffer.concat([bytes, Buffer.alloc(Math.max(size - bytes.length, 0), ' ')]);

const damage: fc.Arbitrary<Damage> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        fc.nat(5_000),
        fc.nat(2),
        fc.constantFrom(0, 0x22, 0x2c, 0x5b, 0x7b, 0x7d, 0x80, 0xc0, 0xed, 0xff),
      )
      .map(([at, removed, byte]) => spliced(at, removed, byte)),
  },
  {
    weight: 3,
    arbitrary: fc.nat(5_000).map((at) => (bytes: Buffer) => bytes.subarray(0, at % (bytes.length + 1))),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Damage>(
      // A byte order mark, UTF-16, Latin-1, a surrogate in CESU-8, twice the same text.
      spliced(0, 0, 0xef, 0xbb, 0xbf),
      (bytes) => Buffer.from(bytes.toString('utf8'), 'utf16le'),
      (bytes) => Buffer.from(bytes.toString('utf8').replace(/[a-z]/, 'ü'), 'latin1'),
      (bytes) => Buffer.from(bytes.toString('latin1').replace(/[a-z]/, '\u00ed\u00a0\u0080'), 'latin1'),
      (bytes) => Buffer.concat([bytes, bytes]),
    ),
  },
  { weight: 2, arbitrary: fc.constantFrom(padded(64 * 1024), padded(64 * 1024 + 1)) },
);

/** So large that one in a few hundred inputs is enough. */
const hugeBytes: fc.Arbitrary<Buffer> = fc.constantFrom(
  padded(MEGABYTE)(Buffer.from('{"a":1}')),
  Buffer.alloc(MEGABYTE, '['),
  Buffer.from(`${'['.repeat(MEGABYTE / 2)}${']'.repeat(MEGABYTE / 2)}`),
  Buffer.from(JSON.stringify({ data: 'x'.repeat(MEGABYTE) })),
  Buffer.alloc(MEGABYTE, 0xff),
  Buffer.alloc(MEGABYTE),
);

const hostileBytes: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 4, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 4, arbitrary: hostileValue.map((value) => Buffer.from(textOf(value))) },
);

/** Bytes that claim to be such JSON: near-valid, damaged, entirely different, and rarely a megabyte. */
export const hostileJson = (valid: fc.Arbitrary<unknown>): fc.Arbitrary<Buffer> => {
  const near = fc.tuple(valid, flaws).map(([value, all]) => {
    const tree = all.reduce<Written>((node, [each, at]) => flawed(node, each, at), written(value));
    return Buffer.from(textOf(tree));
  });
  const intact = valid.map((value) => Buffer.from(JSON.stringify(value)));
  return fc.oneof(
    { weight: 140, arbitrary: near },
    {
      weight: 60,
      arbitrary: fc.tuple(fc.oneof(intact, near), damage).map(([bytes, change]) => change(bytes)),
    },
    { weight: 30, arbitrary: hostileBytes },
    { weight: 1, arbitrary: hugeBytes },
  );
};
