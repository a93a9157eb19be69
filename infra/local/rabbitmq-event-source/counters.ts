import type { Log } from './log.ts';

const reportIntervalMs = 60_000;

/** Counts one mapping's work since its last line in the log. */
export class Counters {
  acknowledgedRecords = 0;
  acknowledgedBatches = 0;
  failedBatches = 0;
  filteredMessages = 0;
  droppedMessages = 0;
  readonly #timer: NodeJS.Timeout;
  readonly #name: string;
  readonly #log: Log;

  constructor(name: string, log: Log) {
    this.#name = name;
    this.#log = log;
    this.#timer = setInterval(() => this.#report(), reportIntervalMs).unref();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#report();
  }

  #report(): void {
    const parts = [
      `${this.acknowledgedRecords} records in ${this.acknowledgedBatches} batches handled`,
      this.failedBatches > 0 && `${this.failedBatches} batches failed`,
      this.filteredMessages > 0 && `${this.filteredMessages} messages filtered out`,
      this.droppedMessages > 0 && `${this.droppedMessages} messages dropped`,
    ].filter((part) => part !== false);
    if (this.acknowledgedBatches > 0 || parts.length > 1)
      this.#log.info(`${this.#name}: ${parts.join(', ')}`);
    this.acknowledgedRecords = 0;
    this.acknowledgedBatches = 0;
    this.failedBatches = 0;
    this.filteredMessages = 0;
    this.droppedMessages = 0;
  }
}
