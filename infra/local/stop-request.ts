/** npm and the terminal may both deliver one Ctrl-C. Only one that comes later is a second request. */
const secondThoughtAfterMs = 1_000;

export type StopRequest = {
  /** Aborted by the first Ctrl-C or SIGTERM, when the terminal closes, or when bootstrap.mjs is killed. */
  readonly stop: AbortSignal;
  /** Aborted by the second one: kill at once. */
  readonly kill: AbortSignal;
};

export function listenForStopRequests(): StopRequest {
  const stop = new AbortController();
  const kill = new AbortController();
  let firstAt: number | undefined;
  const request = () => {
    const now = performance.now();
    firstAt ??= now;
    if (!stop.signal.aborted) stop.abort();
    else if (now - firstAt >= secondThoughtAfterMs) kill.abort();
  };
  process.on('SIGINT', request).on('SIGTERM', request).on('SIGHUP', request);
  process.once('disconnect', request);
  // The channel must not keep the process alive.
  process.channel?.unref();
  // A write to a closed terminal or pipe must not keep the parts from being stopped.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  return { stop: stop.signal, kill: kill.signal };
}

export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
