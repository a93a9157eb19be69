import { afterEach, beforeEach, expect, test, vi } from 'vitest';

/**
 * Goal: a line in CloudWatch is one JSON object and nothing else, for nobody finds a field in any other.
 * Method: the very bytes that leave the process.
 */
const written: string[] = [];
beforeEach(() => {
  written.length = 0;
  vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z') });
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

async function logAt(level: string) {
  vi.stubEnv('LOG_LEVEL', level);
  vi.resetModules();
  return await import('../../../engine/environment/log.ts');
}

// Fails where console writes it: Lambda puts what is no JSON in front of that, and only there.
test('an entry is one line of JSON on stdout, however many its texts have, and does not pass through console', async () => {
  const { log } = await logAt('info');
  for (const method of ['log', 'debug', 'info', 'warn', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation(() => {
      throw new Error('not by console');
    });
  }
  log('warn', 'message not handled', { to: 'order.dead', why: 'two\nlines' });
  expect(written).toEqual([
    '{"timestamp":"2026-01-01T00:00:00.000Z","level":"warn","message":"message not handled",' +
      '"to":"order.dead","why":"two\\nlines"}\n',
  ]);
});

const messages = () => written.map((line) => JSON.parse(line).message);

test('debug is written at once only if it is asked for', async () => {
  const quiet = await logAt('info');
  quiet.logAbout({}, () => quiet.log('debug', 'message handled'));
  expect(written).toEqual([]);
  const talkative = await logAt('debug');
  talkative.log('debug', 'message handled');
  expect(messages()).toEqual(['message handled']);
});

test('every line of an invocation says whose it is, however deep, and no line of another', async () => {
  const { log, logAbout, logAlsoAbout, loggingInvocations } = await logAt('info');
  const handle = loggingInvocations(async (tripId: string, _invocation: object) => {
    logAlsoAbout({ tripId });
    await Promise.resolve();
    logAbout({ traceId: 'a', none: undefined }, () => log('info', 'deep'));
    log('info', 'shallow');
  });
  await Promise.all([handle('trip_1', { awsRequestId: '1' }), handle('trip_2', { awsRequestId: '2' })]);
  log('info', 'outside');
  const lines = written.map((line) => JSON.parse(line)).map(({ timestamp: _, level: __, ...line }) => line);
  expect(lines).toEqual([
    { message: 'deep', requestId: '1', tripId: 'trip_1', traceId: 'a' },
    { message: 'shallow', requestId: '1', tripId: 'trip_1' },
    { message: 'deep', requestId: '2', tripId: 'trip_2', traceId: 'a' },
    { message: 'shallow', requestId: '2', tripId: 'trip_2' },
    { message: 'outside' },
  ]);
});

test('once something fails, the last lines at debug of that invocation are written, each once, and before it', async () => {
  const { log, logAbout } = await logAt('info');
  logAbout({}, () => log('debug', 'of another'));
  logAbout({}, () => {
    for (let count = 1; count <= 60; count += 1) logAbout({}, () => log('debug', String(count)));
    log('info', 'all is well');
    expect(messages()).toEqual(['all is well']);
    log('warn', 'failed');
    log('error', 'failed again');
  });
  const last = Array.from({ length: 50 }, (_, index) => String(index + 11));
  expect(messages()).toEqual(['all is well', ...last, 'failed', 'failed again']);
});
