import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { projectDir } from '../../infra/local/project.ts';

/** Goal: the command that lints the templates never passes without having linted. Method: programs in its place. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-saga-lint-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function checkTemplates() {
  const { status, stdout } = spawnSync(process.execPath, ['test/templates/lint.ts'], {
    cwd: projectDir,
    env: { HOME: process.env.HOME, PATH: folder },
    encoding: 'utf8',
  });
  return { status, stdout };
}

/** It notes what it was asked to look at. */
const standIn = (exitCode: number) =>
  writeFileSync(join(folder, 'cfn-lint'), `#!/bin/sh\necho "$@" > '${folder}/asked'\nexit ${exitCode}\n`, {
    mode: 0o755,
  });

test('without cfn-lint it says that nothing was run, and ends with 77', () => {
  expect(checkTemplates()).toMatchObject({ status: 77, stdout: expect.stringMatching(/^Not run: cfn-lint/) });
});

test.each([
  ['passes', 'nothing', 0, 0],
  ['fails', 'a warning', 4, 1],
])(
  '%s when cfn-lint finds %s in the templates of both kinds of stage and of the other stacks',
  (_, __, exitCode, status) => {
    standIn(exitCode);
    expect(checkTemplates().status).toBe(status);
    const asked = readFileSync(join(folder, 'asked'), 'utf8');
    expect(asked).toMatch(/broker\.json .*tables\.json .*account\.yml /);
    expect(asked.match(/cloudformation-template-update-stack\.json/g)).toHaveLength(2);
  },
);
