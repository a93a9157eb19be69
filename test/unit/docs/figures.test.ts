import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectDir } from '../../../infra/local/project.ts';
import { bugs } from '../../simulation/planted/bugs/bugs.ts';
import { selectStages, tiers } from '../../support/gate/stages.ts';

/** Goal: what the documents say of the tests stays true. Method: it is compared with the tests. */
const verification = readFileSync(join(projectDir, 'docs/verification.md'), 'utf8');

test('as many planted bugs as are said', () => {
  expect(verification).toContain(`**${bugs.length} planted bugs.**`);
});

test('every stage has its line, and every gate its stages', () => {
  const rows = [...verification.matchAll(/^\| ([a-z, -]+) \| [^|]+ \|$/gm)].flatMap(([, names = '']) =>
    names.split(', '),
  );
  expect(rows.filter((name) => name !== 'stage')).toEqual(selectStages().map(({ name }) => name));
  const gates = [...verification.matchAll(/^\| `npm (?:run |)([a-z:]+)` \|[^|]+\| ([^|]+) \|/gm)];
  expect(gates.map(([, name]) => name)).toEqual(['check', 'test', 'test:full']);
  for (const tier of tiers.slice(0, 2)) {
    const said = gates[tiers.indexOf(tier)]?.[2]?.replace('these, and ', '').split(', ');
    expect(said).toEqual(
      selectStages()
        .filter((stage) => stage.tier === tier)
        .map(({ name }) => name),
    );
  }
});
