import { application } from '../../application.ts';
import { alarmsTemplate } from './alarms.ts';
import { brokerTemplate } from './broker.ts';
import { tablesTemplate } from './tables.ts';

const usage = `Usage: npm run -s template -- tables | broker | alarms [STAGE]
Prints a stack's template (its stage is a parameter), or the alarms in the stack of a stage's functions.`;

/** `npm run -s template`. Prints JSON, because CloudFormation reads some plain YAML texts as dates or numbers. */
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
