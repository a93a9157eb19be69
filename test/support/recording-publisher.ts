import type { Publisher } from '../../engine/batch/edges.ts';
import type { OutgoingMessage } from '../../engine/batch/messages.ts';

/** Confirms and records every message, or refuses those that a test chooses. */
export class RecordingPublisher implements Publisher {
  readonly published: OutgoingMessage[] = [];
  refuses: (message: OutgoingMessage) => Error | undefined = () => undefined;

  publish(message: OutgoingMessage): Promise<void> {
    const error = this.refuses(message);
    if (error !== undefined) return Promise.reject(error);
    this.published.push(message);
    return Promise.resolve();
  }

  get ids(): readonly string[] {
    return this.published.map(({ messageId }) => messageId);
  }
}
