import { SetupError } from '../local/processes/setup-error.ts';
import type { Plan } from './plan.ts';

/** The declaration with the participant in it, and what it says among what completes a saga. */
export function declared(source: string, { service, record, consumes, says }: Plan): string {
  const list = (types: readonly string[]) => types.map((type) => `'${type}'`).join(', ');
  const kinds =
    says && `'${says.done}': 'step', '${says.refused}': 'failure', '${says.undone}': 'compensation'`;
  const entry = `
    ${nameOf(service)}: {
      consumes: [${list(consumes)}],
      says: {${kinds === undefined ? '' : ` ${kinds} `}},
      record: '${record}',
    },
  `;
  const withEntry = append(source, 'participants: {', '}', entry);
  return says === undefined ? withEntry : append(withEntry, 'completes: [', ']', `, '${says.done}'`);
}

/** The events with those that the participant says. */
export function withEvents(source: string, { says, owner }: Plan): string {
  if (says === undefined) return source;
  const ownerType = owner.replace(/^./, (letter) => letter.toUpperCase());
  return append(
    source,
    'export const events = {',
    '}',
    `  '${says.done}': v1(z.object({ reference: Text })),
  '${says.refused}': v1(z.object({ ${owner}: ${ownerType}, message: Text })),
  '${says.undone}': v1(z.object({})),
`,
  );
}

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
