import { application } from '../../application.ts';
import { alarmsTemplate } from './alarms.ts';
import { brokerTemplate } from './broker.ts';
import { tablesTemplate } from './tables.ts';

const usage = `Usage: npm run -s template -- tables | broker | alarms [STAGE]
Prints what is deployed: two stacks, whose stage is a parameter, and the alarms in the stack of a stage's functions.`;

/** `npm run -s template`. Prints JSON: some plain texts in YAML are dates or numbers to CloudFormation. */
function main([name, stage = 'prod']: readonly string[]): number {
  const templates = new Map([
    ['tables', () => tablesTemplate(application)],
    ['broker', () => brokerTemplate(application)],
    ['alarms', () => alarmsTemplate(application, stage)],
  ]);
  const template = templates.get(name ?? '');
  if (template === undefined) {
    console.error(usage);
    return 2;
  }
  console.log(JSON.stringify(template(), undefined, 2));
  return 0;
}

process.exitCode = main(process.argv.slice(2));
