import { afterEach, beforeEach, expect, test, vi } from 'vitest';

/**
 * Goal: a line in CloudWatch is one JSON object and nothing else, for metric filters find no field in any other.
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

test('debug is written only if it is asked for, and whoever logs for every message can ask', async () => {
  const quiet = await logAt('info');
  quiet.log('debug', 'message handled');
  expect([quiet.isDebugging, written]).toEqual([false, []]);
  const talkative = await logAt('debug');
  talkative.log('debug', 'message handled');
  expect([talkative.isDebugging, written.length]).toEqual([true, 1]);
});
