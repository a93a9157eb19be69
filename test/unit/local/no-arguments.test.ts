import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectDir } from '../../../infra/local/project.ts';

test('a command that takes no arguments names the page that has its settings', () => {
  const command = [join(projectDir, 'infra/local/reset.ts'), '--help'];
  const { status, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  expect(status).toBe(2);
  const [, page = ''] =
    /^npm run reset takes no arguments, and was given --help\. (\S+) lists its settings\.\n$/.exec(stderr) ??
    [];
  expect(readFileSync(join(projectDir, page), 'utf8')).toMatch(/^## Settings$/m);
});
