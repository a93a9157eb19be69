import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PRIVATE_FILE, PRIVATE_FOLDER } from '../../private-files.ts';

const NEWLINE = 0x0a;
const READ_CHUNK_BYTES = 1 << 20;

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * An append-only file of JSON lines. `append` resolves when its line is on disk; all lines that arrive during one fsync
 * share the next. After a failed write or fsync the state of the disk is unknown (https://lwn.net/Articles/752063/), so
 * the journal then refuses everything.
 */
export class Journal<Entry> {
  readonly #file: FileHandle;
  readonly #onFailure: (error: Error) => void;
  #lines = '';
  #waiting: Waiting[] = [];
  #flushing: Promise<void> | undefined;
  #failure: Error | undefined;

  constructor(file: FileHandle, onFailure: (error: Error) => void) {
    this.#file = file;
    this.#onFailure = onFailure;
  }

  append(entry: Entry): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      this.#waiting.push({ resolve, reject });
      this.note(entry);
    });
  }

  /** Appends without waiting until the line is durable, for counts that a crash may lose. */
  note(entry: Entry): void {
    if (this.#failure !== undefined) return;
    this.#lines += `${JSON.stringify(entry)}\n`;
    this.#flushing ??= this.#flush();
  }

  async close(): Promise<void> {
    await this.#flushing;
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    // Waits one turn of the event loop, so all of its lines share the first fsync.
    await new Promise(setImmediate);
    while (this.#lines !== '') {
      const lines = this.#lines;
      const waiting = this.#waiting;
      this.#lines = '';
      this.#waiting = [];
      try {
        await this.#file.appendFile(lines);
        await this.#file.datasync();
      } catch (error) {
        this.#fail(error instanceof Error ? error : new Error(String(error)), waiting);
        break;
      }
      for (const { resolve } of waiting) resolve();
    }
    this.#flushing = undefined;
  }

  #fail(error: Error, waiting: readonly Waiting[]): void {
    this.#failure = error;
    for (const { reject } of [...waiting, ...this.#waiting]) reject(error);
    this.#waiting = [];
    this.#lines = '';
    this.#onFailure(error);
  }
}

/**
 * Passes every entry of the file to `replay`, in order, and opens the file for appending. A last line torn by a crash
 * was never acknowledged and is cut off. An unreadable earlier line is corruption: it throws.
 */
export async function openJournal<Entry>(
  path: string,
  replay: (entry: Entry) => void,
  onFailure: (error: Error) => void,
): Promise<Journal<Entry>> {
  await mkdir(dirname(path), { recursive: true, mode: PRIVATE_FOLDER });
  const file = await open(path, 'a', PRIVATE_FILE);
  try {
    const { size } = await file.stat();
    const readable = await replayLines(path, replay);
    if (readable < size) await truncate(path, readable);
    await file.sync();
    await syncFolder(dirname(path));
  } catch (error) {
    await file.close();
    throw error;
  }
  return new Journal<Entry>(file, onFailure);
}

/** Returns the length in bytes of the readable beginning of the file. */
async function replayLines<Entry>(path: string, replay: (entry: Entry) => void): Promise<number> {
  let rest: Buffer = Buffer.alloc(0);
  let readable = 0;
  let torn = false;
  for await (const chunk of createReadStream(path, { highWaterMark: READ_CHUNK_BYTES })) {
    rest = Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = rest.indexOf(NEWLINE); end !== -1; end = rest.indexOf(NEWLINE, start)) {
      if (torn) throw new Error(`${path} is damaged at byte ${readable}: move it away to start anew`);
      const entry = parseLine<Entry>(rest.toString('utf8', start, end));
      if (entry === undefined) torn = true;
      else {
        replay(entry);
        readable += end + 1 - start;
      }
      start = end + 1;
    }
    rest = rest.subarray(start);
  }
  if (torn && rest.length > 0)
    throw new Error(`${path} is damaged at byte ${readable}: move it away to start anew`);
  return readable;
}

function parseLine<Entry>(line: string): Entry | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** A new file survives power loss only once its folder is synced too: man 2 fsync. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
