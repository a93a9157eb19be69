import { expect, test } from 'vitest';
import { frontPage } from '../../../infra/local/front-page/page.ts';

const trip = {
  title: 'OrderSaga (trip-saga)',
  api: 'http://127.0.0.1:3000',
  sagas: 'trips',
  sandbox: { name: 'sandbox of the outside', url: 'http://127.0.0.1:3010' },
  folder: 'examples/trip',
  scenario: 'no-car',
};

// Fails where the page is the shop's: its commands find no system, and its links lead nowhere.
test('the page of another saga names its own commands, and no call that it has not', () => {
  const page = frontPage([{ method: 'get', path: 'trips' }], trip);
  expect(page).toContain('TOKEN=$(npm run -s token -- examples/trip)');
  expect(page).toContain('npm run -s saga -- examples/trip no-car');
  expect(page).toContain('curl -sS http://127.0.0.1:3000/trips ');
  for (const foreign of ['/health', '/docs', 'declined', 'payment']) expect(page).not.toContain(foreign);
});
