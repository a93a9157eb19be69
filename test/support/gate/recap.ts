import { stripVTControlCharacters } from 'node:util';
import type { Failure } from './failures-reporter.ts';

/** Only the beginning of a message is kept: it says what is wrong, the rest says where. */
const MAX_LINES = 40;
const MAX_MESSAGE_CHARACTERS = 3_000;
/** A log that is cut keeps its last kilobytes, so the recap must fit into them. */
const MAX_CHARACTERS = 9_000;

/**
 * Repeats the failures at the end of the output. Many failures often have one cause, so only the first ones come with
 * their messages.
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
