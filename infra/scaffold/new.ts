import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { shop } from '../../functions/shop.ts';
import { SetupError } from '../local/processes/setup-error.ts';
import { projectDir } from '../local/project.ts';
import { readConfiguration } from '../local/wiring/configuration.ts';
import { flawOfCode } from './code-flaws.ts';
import { filesOf } from './files.ts';
import { declared, withEvents, withTable } from './insert.ts';
import { type Plan, planOf, type Wish } from './plan.ts';
import { writeAll } from './write.ts';

const USAGE = 'Usage: npm run new -- participant NAME --after EVENT [--record NAME]';

/** `npm run new`: a participant's folder, its entry in the declaration and its events. */
function main(): void {
  const plan = planOf(shop, Object.keys(readConfiguration(shop, 'local').functions), wished());
  const made = filesOf(plan);
  refuseUnusable(plan, made);
  const changed = [
    ['functions/shop.ts', declared(read('functions/shop.ts'), plan)],
    ['functions/events.ts', withEvents(read('functions/events.ts'), plan)],
    ['functions/privacy/tables.ts', withTable(read('functions/privacy/tables.ts'), plan)],
  ] as const;
  writeAll(projectDir, new Map([...changed, ...made]), finish);
  for (const [path] of changed) console.log(`  changed  ${path}`);
  for (const [path] of made) console.log(`  made     ${path}`);
  console.log(whatIsLeft(plan));
}

function wished(): Wish {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { after: { type: 'string' }, record: { type: 'string' } },
    });
    const [what, service, ...rest] = positionals;
    if (what !== 'participant' || service === undefined || values.after === undefined || rest.length > 0) {
      throw new SetupError(USAGE);
    }
    return { service, after: values.after, record: values.record };
  } catch (error) {
    throw error instanceof TypeError ? new SetupError(USAGE) : error;
  }
}

/** A name that cannot be a file's or a constant's beside the others. */
function refuseUnusable({ service, code }: Plan, made: ReturnType<typeof filesOf>): void {
  const paths = made.map(([path]) => path);
  const twice = paths.find((path, index) => paths.indexOf(path) < index);
  const [there] = [`functions/${service}`, ...paths].filter((path) => existsSync(join(projectDir, path)));
  const flaw =
    code in globalThis
      ? 'it is a global name in JavaScript'
      : made.flatMap(([path, text]) => flawOfCode(path, text) ?? [])[0];
  const [why] = [
    ...(twice === undefined ? [] : [`every participant has a file ${twice.split('/').at(-1)} of its own`]),
    ...(there === undefined ? [] : [`${there} is there already`]),
    ...(flaw === undefined ? [] : [`${code} cannot be a name in its code (${flaw})`]),
  ];
  if (why !== undefined)
    throw new SetupError(`"${service}" is no name for a participant: ${why}. Choose another name.`);
}

/** @throws SetupError if this does not make a project of it that starts */
function finish(paths: readonly string[]): void {
  const options = { cwd: projectDir, stdio: 'pipe', encoding: 'utf8' } as const;
  try {
    execFileSync('npx', ['biome', 'check', '--write', ...paths], options);
    execFileSync(
      process.execPath,
      ['--input-type=module', '--eval', "await import('./functions/shop.ts')"],
      options,
    );
  } catch (error) {
    const { stderr = '' } = error as { readonly stderr?: string };
    const [said = stderr.trim() || String(error)] = /^\w*Error: .*/m.exec(stderr) ?? [];
    throw new SetupError(`Nothing was written, since it would not work: ${said}`);
  }
}

const read = (path: string): string => readFileSync(join(projectDir, path), 'utf8');

const whatIsLeft = ({ service, says, consumes }: Plan): string => `
What is left to think about:
  functions/${service}/decide.ts    which members are sent: of ${consumes.join(' and ')}; to send others, consume their event, too.
  ${' '.repeat(`functions/${service}/decide.ts`.length)}    "names" gives its states names of your own
  functions/${service}/outside.ts   your client: the same id has one effect, however often it is sent
${
  says.length === 0
    ? ''
    : `  functions/events.ts           what ${says.map(({ type }) => type).join(', ')} carry; other names, if you have better ones
`
}  functions/shop.ts             ${says.length === 0 ? '' : 'whether a saga has to wait for it ("completes"), and '}secrets that it needs
  docs/security.md              what it keeps of a person: each member of its events and of "asks" has a class
Then: npm run specs, npm run check:types, npm start (again after each change), npm run saga -- ${service}. npm run -s payload -- ${service} prints a message for it.
To deploy it: docs/change-a-declaration.md.`;

try {
  main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
