/** An unusable setting. The message names it and the allowed values. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}

// Checked by hand: a separate package should not need a schema library for a dozen settings.

export type Section = Readonly<Record<string, unknown>>;

export function isSection(value: unknown): value is Section {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function section(value: unknown, where: string): Section {
  if (value === undefined || value === null) return {};
  if (!isSection(value)) throw refused(where, 'a mapping', value);
  return value;
}

/** Otherwise a misspelt setting would silently have its default. */
export function onlyKeys(settings: Section, where: string, known: readonly string[]): void {
  const unknown = Object.keys(settings).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new SettingError(`${where} has no setting ${unknown}; it has ${known.join(', ')}`);
  }
}

export function text(value: unknown, where: string): string {
  if (typeof value !== 'string' || value === '') throw refused(where, 'a text that is not empty', value);
  return value;
}

export function wholeNumber(value: unknown, where: string, lowest: number, highest: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < lowest || value > highest) {
    throw refused(where, `a whole number from ${lowest} to ${highest}`, value);
  }
  return value;
}

export function trueOrFalse(value: unknown, where: string): boolean {
  if (typeof value !== 'boolean') throw refused(where, 'true or false', value);
  return value;
}

export function refused(where: string, allowed: string, value: unknown): SettingError {
  return new SettingError(`${where} must be ${allowed}, but is ${JSON.stringify(value)}`);
}
