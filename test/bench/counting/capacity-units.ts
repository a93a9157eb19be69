/**
 * What a write to a table costs by DynamoDB's documented rules: a unit for each KB begun, twice that in a transaction,
 * and an attempt whose condition fails as much as any other.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
 */
const writeUnitBytes = 1_024;
const inTransaction = 2;

export const writeUnits = (itemBytes: number, isTransaction: boolean): number =>
  Math.max(1, Math.ceil(itemBytes / writeUnitBytes)) * (isTransaction ? inTransaction : 1);

/** One attribute's value as it travels: `{"S": "text"}`. */
export type Value = Readonly<Record<string, unknown>>;

/**
 * Names and texts in UTF-8, numbers two digits a byte and one more, documents 3 bytes and one for each member.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemBytes(item: Readonly<Record<string, Value>>): number {
  return sum(Object.entries(item).map(([name, value]) => Buffer.byteLength(name) + valueBytes(value)));
}

function valueBytes(value: Value): number {
  const [type = '', content] = Object.entries(value)[0] ?? [];
  switch (type) {
    case 'S':
      return Buffer.byteLength(String(content));
    case 'N':
      return numberBytes(String(content));
    case 'BOOL':
    case 'NULL':
      return 1;
    case 'L': {
      const members = content as readonly Value[];
      return 3 + sum(members.map((member) => 1 + valueBytes(member)));
    }
    case 'M': {
      const members = content as Readonly<Record<string, Value>>;
      return 3 + Object.keys(members).length + itemBytes(members);
    }
    default:
      throw new Error(`no item here has an attribute of type ${type}`);
  }
}

function numberBytes(text: string): number {
  const digits = text
    .replace(/^-/, '')
    .replace('.', '')
    .replace(/^0+|0+$/g, '');
  return Math.ceil(digits.length / 2) + 1 + (text.startsWith('-') ? 1 : 0);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
