import { expect, test } from 'vitest';
import { byzantineBugs } from '../byzantine/bugs.ts';
import { drillBugs } from '../drill/bugs.ts';
import { DRILLS, huntAll, TAKEOVERS } from './hunt.ts';

/** Goal: the restore drill finds what only a restore brings about. Method: as for all planted bugs. */
const MAX_SEEDS = 10_000;

test(`every one of ${drillBugs.length} bugs of a restore is found within ${MAX_SEEDS} drills`, async () => {
  expect(await huntAll(drillBugs, MAX_SEEDS, undefined, DRILLS)).toEqual([]);
}, 600_000);

test(`every one of ${byzantineBugs.length} bugs of which somebody who speaks for a service takes advantage is found`, async () => {
  expect(await huntAll(byzantineBugs, 300, undefined, TAKEOVERS)).toEqual([]);
}, 600_000);
