/**
 * Lambda's poller reads AMQP with RabbitMQ's Java client and writes JSON with Gson. A header's text is the client's
 * `LongString`; Gson prints its only field, `bytes`, and Java's bytes are signed.
 * https://github.com/rabbitmq/rabbitmq-java-client/issues/83
 * https://github.com/rabbitmq/rabbitmq-java-client/blob/main/src/main/java/com/rabbitmq/client/impl/LongStringHelper.java
 */
export function headerValue(value: unknown): unknown {
  if (typeof value === 'string') return { bytes: signedBytes(Buffer.from(value)) };
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value !== 'object' || value === null) return null;
  if (Buffer.isBuffer(value)) return signedBytes(value);
  if (Array.isArray(value)) return value.map(headerValue);
  return tableOrTaggedValue(value);
}

export function headerTable(table: object): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(table)) values[key] = headerValue(value);
  return values;
}

/** amqplib wraps the two AMQP types that JavaScript lacks: `{'!': 'timestamp' | 'decimal', value}`. */
function tableOrTaggedValue(value: object): unknown {
  if ('!' in value && 'value' in value) {
    if (value['!'] === 'timestamp' && typeof value.value === 'number') return gsonDate(value.value);
    if (value['!'] === 'decimal' && isDecimal(value.value))
      return value.value.digits / 10 ** value.value.places;
  }
  return headerTable(value);
}

function isDecimal(value: unknown): value is { digits: number; places: number } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'digits' in value &&
    typeof value.digits === 'number' &&
    'places' in value &&
    typeof value.places === 'number'
  );
}

/** A loop, because most headers are texts and `Array.from` takes seven times as long. */
function signedBytes(bytes: Buffer): number[] {
  const signed = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const numbers: number[] = [];
  for (const byte of signed) numbers.push(byte);
  return numbers;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Java's medium date and time for the United States, in UTC: `Jan 1, 1970, 12:33:41 AM`.
 * https://github.com/google/gson/blob/main/gson/src/main/java/com/google/gson/internal/bind/DefaultDateTypeAdapter.java
 */
export function gsonDate(epochSeconds: number): string {
  const date = new Date(epochSeconds * 1_000);
  // JavaScript has no dates after the year 275760. Java has, but such a date can only be a mistake.
  if (Number.isNaN(date.getTime())) return gsonDate(0);
  const hour = date.getUTCHours();
  const time = `${hour % 12 || 12}:${twoDigits(date.getUTCMinutes())}:${twoDigits(date.getUTCSeconds())}`;
  const day = `${months[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}`;
  return `${day}, ${time} ${hour < 12 ? 'AM' : 'PM'}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
