import { stripVTControlCharacters } from 'node:util';
import type { Failure } from './failures-reporter.ts';

/** The beginning of a message says what is wrong; what follows says where. */
const MAX_LINES = 40;
const MAX_MESSAGE_CHARACTERS = 3_000;
/** Of a log that was cut, its last kilobytes are what is left. */
const MAX_CHARACTERS = 9_000;

/**
 * What failed, said again after all that ran later. Many failures often have one cause, so only the first ones are
 * told with their messages.
 */
export function recapOf(failures: readonly Failure[]): string {
  const told: string[] = [];
  const named: string[] = [];
  let characters = 0;
  for (const { name, message } of failures) {
    const text = [`✗ ${name}`, ...beginningOf(message)].join('\n    ');
    characters += text.length;
    if (characters <= MAX_CHARACTERS) told.push(text);
    else named.push(`✗ ${name}`);
  }
  const untold = named.length > MAX_LINES ? [`… and ${named.length - MAX_LINES} more`] : [];
  return [...untold, ...named.slice(0, MAX_LINES), ...told].join('\n');
}

const beginningOf = (message: string): readonly string[] =>
  stripVTControlCharacters(message)
    .slice(0, MAX_MESSAGE_CHARACTERS)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, MAX_LINES);
