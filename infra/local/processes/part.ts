/** A piece of the local system that can be stopped, killed and started again on its own. */
export type Part = {
  /** What a person calls it: `RabbitMQ`. */
  readonly title: string;
  /** The process to watch or to kill; undefined when the part is not a process of ours or does not run. */
  readonly pid: number | undefined;
  /** Resolves when the part answers, with a description for people: `RabbitMQ 3.10.8 on 127.0.0.1:3030`. */
  start(): Promise<string>;
  /** Ends it in an orderly way; its data stays. */
  stop(): Promise<void>;
  /** Ends it as a crash would, with SIGKILL. Resolves when it is gone. */
  kill(): Promise<void>;
};

/** A part that ended although nobody asked it to. */
export type PartFailure = {
  readonly part: Part;
  readonly how: string;
  readonly lastLines: string;
};
