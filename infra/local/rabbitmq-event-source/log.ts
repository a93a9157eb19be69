/** The event source's log; each call is one line. */
export type Log = {
  readonly error: (line: string) => void;
  readonly info: (line: string) => void;
  readonly debug: (line: string) => void;
};

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // If a host name has several addresses, their failures come as one AggregateError without a message.
  if (error.message === '' && error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return error.message;
}
