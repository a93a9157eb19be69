import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { PRIVATE_FILE } from '../private-files.ts';
import { isNodeError } from '../processes/identity-file.ts';

/** What a step asks for, in its own words. */
export type Request = Readonly<Record<string, unknown>>;
export type Answer =
  | { readonly done: { readonly reference: string } }
  | { readonly refused: { readonly code: string; readonly message: string } };

interface Entry {
  readonly request: Request;
  readonly answer: Answer;
  readonly isUndone: boolean;
}

export type Book = Readonly<Record<string, Entry>>;

/** What was answered for each saga, in a file that is written before anybody hears of it. */
export class Ledger {
  readonly #file: string;
  #book: Book;

  constructor(file: string) {
    this.#file = file;
    this.#book = read(file);
  }

  get book(): Book {
    return this.#book;
  }

  /** The first answer for a saga is the answer for ever. */
  answer(sagaId: string, request: Request, decide: () => Answer): Answer {
    const entry = this.#book[sagaId] ?? { request, answer: decide(), isUndone: false };
    if (this.#book[sagaId] === undefined) this.#write(sagaId, entry);
    return entry.answer;
  }

  undo(sagaId: string): void {
    const entry = this.#book[sagaId];
    if (entry !== undefined && !entry.isUndone) this.#write(sagaId, { ...entry, isUndone: true });
  }

  #write(sagaId: string, entry: Entry): void {
    this.#book = { ...this.#book, [sagaId]: entry };
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#book), { mode: PRIVATE_FILE });
    renameSync(`${this.#file}.new`, this.#file);
  }
}

function read(file: string): Book {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Book;
  } catch (error) {
    if (isNodeError(error, 'ENOENT')) return {};
    throw error;
  }
}
