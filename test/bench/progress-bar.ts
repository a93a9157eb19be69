const barWidth = 30;
const drawEveryMs = 200;
const lineEveryMs = 5_000;

/** How far a measurement is: a bar in a terminal, and a line now and then in a log. */
export class ProgressBar {
  readonly #stream: NodeJS.WriteStream;
  #timer: NodeJS.Timeout | undefined;
  #draw: () => void = () => {};

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  readonly line = (text: string): void => {
    this.#stream.write(`${text}\n`);
  };

  begin(title: string, total: number, done: () => number): void {
    const begin = performance.now();
    this.#draw = () => {
      const text = progressText(title, done(), total, performance.now() - begin);
      this.#stream.write(this.#stream.isTTY ? `\r\x1b[2K${text}` : `${text}\n`);
    };
    this.#timer = setInterval(this.#draw, this.#stream.isTTY ? drawEveryMs : lineEveryMs);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#draw();
    if (this.#stream.isTTY) this.#stream.write('\n');
  }
}

export function progressText(title: string, done: number, total: number, elapsedMs: number): string {
  const filled = Math.round((barWidth * done) / total);
  const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled);
  const rate = elapsedMs > 0 ? Math.round((1_000 * done) / elapsedMs) : 0;
  return `${title} ${bar} ${done} of ${total} sagas, ${rate}/s`;
}
