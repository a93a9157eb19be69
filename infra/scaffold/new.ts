import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { shop } from '../../functions/shop.ts';
import { SetupError } from '../local/processes/setup-error.ts';
import { projectDir } from '../local/project.ts';
import { filesOf } from './files.ts';
import { declared, withEvents } from './insert.ts';
import { type Plan, planOf } from './plan.ts';

const USAGE = 'Usage: npm run new -- participant NAME --after EVENT [--record NAME]';

/** `npm run new`: a participant's folder, its entry in the declaration and its events. */
function main(): void {
  const plan = planned();
  const files = {
    'functions/shop.ts': declared(read('functions/shop.ts'), plan),
    'functions/events.ts': withEvents(read('functions/events.ts'), plan),
    ...filesOf(plan),
  };
  const there = Object.keys(filesOf(plan)).filter((path) => existsSync(join(projectDir, path)));
  if (there.length > 0) throw new SetupError(`Nothing was written: ${there.join(', ')} is there already.`);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(projectDir, path)), { recursive: true });
    writeFileSync(join(projectDir, path), text);
  }
  execFileSync('npx', ['biome', 'check', '--write', ...Object.keys(files)], {
    cwd: projectDir,
    stdio: 'pipe',
  });
  for (const path of Object.keys(files))
    console.log(path in filesOf(plan) ? `  made     ${path}` : `  changed  ${path}`);
  console.log(whatIsLeft(plan));
}

function planned(): Plan {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { after: { type: 'string' }, record: { type: 'string' } },
    });
    const [what, service, ...rest] = positionals;
    if (what !== 'participant' || service === undefined || values.after === undefined || rest.length > 0) {
      throw new SetupError(USAGE);
    }
    return planOf(shop, service, values.after, values.record);
  } catch (error) {
    throw error instanceof TypeError ? new SetupError(USAGE) : error;
  }
}

const read = (path: string): string => readFileSync(join(projectDir, path), 'utf8');

const whatIsLeft = ({ service, says, consumes }: Plan): string => `
What is left to think about:
  functions/${service}/decide.ts    what is asked outside: name members of ${consumes.join(' and ')}, or consume what has them
  functions/${service}/outside.ts   the client of the world outside: the same id, the same effect, once
${
  says === undefined
    ? ''
    : `  functions/events.ts           what ${says.done}, ${says.refused} and ${says.undone} carry; other names, if you have better ones
`
}  functions/shop.ts             whether a saga has to wait for it ("completes"), and secrets that it needs
Then: npm run check:types, npm start, npm run saga -- ${service}. To deploy it: docs/change-a-declaration.md.`;

try {
  main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exit(2);
}
