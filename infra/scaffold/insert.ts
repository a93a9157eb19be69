import { SetupError } from '../local/processes/setup-error.ts';
import { completing, type Plan } from './plan.ts';

/** The declaration with the participant in it, and what it says among what completes a saga. */
export function declared(source: string, { service, record, consumes, says }: Plan): string {
  const kinds = says.map(({ type, kind }) => `'${type}': '${kind}'`).join(', ');
  const entry = `
    ${nameOf(service)}: {
      consumes: [${consumes.map((type) => `'${type}'`).join(', ')}],
      says: { ${kinds} },
      record: '${record}',
    },
  `;
  const withEntry = append(source, 'participants: {', '}', entry);
  return completing(says).reduce((text, type) => append(text, 'completes: [', ']', `, '${type}'`), withEntry);
}

/** The events with those that the participant says. */
export function withEvents(source: string, { says }: Plan): string {
  if (says.length === 0) return source;
  const lines = says.map(({ type, members }) => {
    const shape = Object.entries(members).map(([name, schema]) => `${name}: ${schema}`);
    return `  '${type}': v1(z.object({ ${shape.join(', ')} })),\n`;
  });
  return append(source, 'export const events = {', '}', lines.join(''));
}

/** The tables of what forgets, with the participant's. */
export const withTable = (source: string, { service, code }: Plan): string =>
  `import { ${code}Step } from '../${service}/decide.ts';\n` +
  append(source, 'AnyTable>> = {', '}', `  ${nameOf(service)}: ${code}Step.table,\n`);

const nameOf = (service: string): string => (/^[a-z0-9]+$/.test(service) ? service : `'${service}'`);

/** Puts a text before the bracket that closes what `opening` opens. */
function append(source: string, opening: string, closing: string, text: string): string {
  const start = source.indexOf(opening);
  if (start < 0) throw new SetupError(`Nothing was written: "${opening}" is not where it was expected.`);
  const opened = opening.at(-1) ?? '';
  let depth = 1;
  for (let index = start + opening.length; index < source.length; index += 1) {
    if (source[index] === opened) depth += 1;
    if (source[index] === closing) depth -= 1;
    if (depth > 0) continue;
    const before = source.slice(0, index).trimEnd();
    return `${before}${text.startsWith(',') ? '' : '\n'}${text.replace(/^\n/, '')}${source.slice(index)}`;
  }
  throw new SetupError(`Nothing was written: what "${opening}" opens is not closed.`);
}
