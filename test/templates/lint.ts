import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shop } from '../../functions/shop.ts';
import { brokerTemplate } from '../../infra/aws/templates/broker.ts';
import { tablesTemplate } from '../../infra/aws/templates/tables.ts';
import type { Template } from '../../infra/aws/templates/template.ts';
import { projectDir } from '../../infra/local/project.ts';
import { packageFor } from '../support/aws/package.ts';

/** Neither passed nor failed: nothing was run. */
const NOT_RUN = 77;

/** What the framework writes without need, and what the topology is told by hand. */
const ignored = ['W3005', 'W6001'];

/**
 * `npm run check:templates`: everything that is deployed, by AWS's own linter, which knows each resource's limits,
 * values and patterns. It is no npm package, so this is no part of `npm test`. Ends with 0 if nothing is wrong, 1 if
 * something is, 77 without it. https://github.com/aws-cloudformation/cfn-lint
 */
async function main(): Promise<number> {
  if (spawnSync('cfn-lint', ['--version']).error !== undefined) {
    console.log('Not run: cfn-lint is not installed (pipx install cfn-lint).');
    return NOT_RUN;
  }
  const prod = await packageFor('prod');
  const stages = [prod, await packageFor('dev')];
  try {
    const templates = [
      writeTo(join(prod.folder, 'broker.json'), brokerTemplate(shop)),
      writeTo(join(prod.folder, 'tables.json'), tablesTemplate(shop)),
      join(projectDir, 'infra/aws/account.yml'),
      ...stages.map((stage) => join(stage.folder, 'cloudformation-template-update-stack.json')),
    ];
    const options = ['--regions', 'eu-central-1', 'us-east-1', '--ignore-checks', ...ignored];
    const { status } = spawnSync('cfn-lint', [...options, '--template', ...templates], { stdio: 'inherit' });
    console.log(status === 0 ? `✓ ${templates.length} templates` : '✗ see above');
    return status === 0 ? 0 : 1;
  } finally {
    for (const stage of stages) stage.discard();
  }
}

function writeTo(file: string, template: Template): string {
  writeFileSync(file, JSON.stringify(template));
  return file;
}

process.exitCode = await main();
