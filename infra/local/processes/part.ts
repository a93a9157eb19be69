/** A piece of the local system that can be stopped, killed and started again on its own. */
export type Part = {
  /** Its name for people: `RabbitMQ`. */
  readonly title: string;
  /** The process to watch or kill; undefined if the part does not run or is not one of our processes. */
  readonly pid: number | undefined;
  /** Resolves when the part answers, with a description for people: `RabbitMQ 3.10.8 on 127.0.0.1:3030`. */
  start(): Promise<string>;
  /** Ends it in an orderly way; its data stays. */
  stop(): Promise<void>;
  /** Kills it with SIGKILL, like a crash. Resolves when it is gone. */
  kill(): Promise<void>;
};

/** A part that ended by itself. */
export type PartFailure = {
  readonly part: Part;
  readonly how: string;
  readonly lastLines: string;
};
