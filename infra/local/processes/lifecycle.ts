import type { Part } from './part.ts';

/**
 * Starts parts and keeps track of them, so a start that fails or is interrupted leaves nothing behind. Once closed, it
 * starts nothing more.
 */
export class Lifecycle {
  readonly #report: (line: string) => void;
  readonly #started: Part[] = [];
  readonly #closed = Promise.withResolvers<never>();
  #isClosed = false;
  #isComplete = false;

  constructor(report: (line: string) => void) {
    this.#report = report;
    this.#closed.promise.catch(() => {});
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether everything has been started, and nothing is being stopped. */
  get isUp(): boolean {
    return this.#isComplete && !this.#isClosed;
  }

  /** Nothing is left to be started. */
  complete(): void {
    this.#isComplete = true;
  }

  start(part: Part): Promise<void> {
    return this.step(() => {
      this.#started.push(part);
      return part.start();
    });
  }

  /** Runs one step and reports its description with the time it took. */
  async step(action: () => Promise<string>): Promise<void> {
    if (this.#isClosed) throw new Error('stopped while starting');
    const begin = performance.now();
    const description = await Promise.race([action(), this.#closed.promise]);
    this.#report(`✓ ${description} (${secondsSince(begin)} s)`);
  }

  /** Makes the running step and every later one fail. */
  close(): void {
    this.#isClosed = true;
    this.#closed.reject(new Error('stopped while starting'));
  }

  /** Stops the part that was started last, then all others at once. */
  async stop(): Promise<void> {
    this.close();
    const [last, ...others] = [...this.#started].reverse();
    if (last === undefined) return;
    await this.#stopPart(last);
    await Promise.all(others.map((part) => this.#stopPart(part)));
  }

  async kill(): Promise<void> {
    this.close();
    await Promise.allSettled(this.#started.map((part) => part.kill()));
  }

  async #stopPart(part: Part): Promise<void> {
    const begin = performance.now();
    const wasOurs = part.pid !== undefined;
    await part.stop();
    if (wasOurs) {
      this.#report(`✓ stopped ${part.title} (${secondsSince(begin)} s)`);
    }
  }
}

function secondsSince(begin: number): string {
  return ((performance.now() - begin) / 1000).toFixed(1);
}
