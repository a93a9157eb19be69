import type { Bug } from './bug.ts';
import { isFunction, partOf, placeOf } from './find.ts';
import { Replacement } from './replacement.ts';
import { type Place, Source, within } from './source.ts';

/**
 * A file's text with the bug in it.
 * @throws Error if what the bug names is not there, or is there twice, or if nothing would change
 */
export function planted(bug: Bug, text: string): string {
  try {
    const source = new Source(text);
    const place = placeOf(bug.in, source.body);
    const replacement = new Replacement(bug.plant, source.body);
    if (bug.at === undefined) replaceAll(source, place, replacement);
    else replacePart(source, partOf(place, bug.at, bug.in, source), replacement, 'call' in bug.at);
    return source.edited();
  } catch (error) {
    throw new Error(`${bug.name}: cannot be planted in ${bug.file}: ${(error as Error).message}`);
  }
}

/** Names of ours, which no file of the product uses. */
const ORIGINAL = 'planted_original';
const GIVEN = 'planted_given';

/** A function goes on to exist under another name, or as an expression, and is called through the replacement. */
function replaceAll(source: Source, place: Place, replacement: Replacement): void {
  const { syntax } = place;
  const through = (original: string) => `${replacement.of(original, place)}(...${GIVEN})`;
  switch (syntax.type) {
    case 'FunctionDeclaration': {
      const name = syntax.identifier.value;
      source.insertBefore(syntax, `function ${name}(...${GIVEN}) { return ${through(ORIGINAL)}; } `);
      source.replace(syntax.identifier, ORIGINAL);
      return;
    }
    case 'ClassMethod':
    case 'PrivateMethod': {
      if (syntax.kind !== 'method' || syntax.isStatic) throw new Error('only methods can be replaced');
      const [name, isPrivate] = [source.textOf(syntax.key), syntax.type === 'PrivateMethod'];
      const original = `${isPrivate ? '#' : ''}${ORIGINAL}`;
      const bound = `(...all) => this.${original}(...all)`;
      source.insertBefore(syntax, `${name}(...${GIVEN}) { return ${through(bound)}; } `);
      source.replace(syntax.key, original);
      return;
    }
    case 'VariableDeclarator':
      replaceValue(source, place, syntax.init, replacement);
      return;
    case 'KeyValueProperty':
    case 'ClassProperty':
    case 'PrivateProperty':
      replaceValue(source, place, syntax.value, replacement);
      return;
    default:
      throw new Error(`a ${syntax.type} cannot be replaced`);
  }
}

function replaceValue(
  source: Source,
  place: Place,
  value: { readonly type: string } | undefined,
  replacement: Replacement,
): void {
  // swc says null where its types say undefined.
  if (!value) throw new Error('it has no value');
  const original = source.textOf(value);
  const instead = replacement.of(original, place);
  source.replace(value, isFunction(value) ? `(...${GIVEN}) => ${instead}(...${GIVEN})` : instead);
}

function replacePart(source: Source, place: Place, replacement: Replacement, isCall: boolean): void {
  const { syntax, around } = place;
  const original = source.textOf(syntax);
  if (isCall && [...within(place)].some((inside) => inside.syntax.type === 'AwaitExpression'))
    throw new Error('a call that awaits its arguments cannot be replaced');
  const instead = replacement.of(isCall ? `() => ${original}` : original, place);
  const isShort = around.at(-1)?.type === 'ObjectExpression';
  source.replace(syntax, isShort ? `${original}: ${instead}` : `${prefixAt(place, source)}${instead}`);
}

/** A line that begins with a parenthesis goes on with the one before it, if that has no semicolon. */
function prefixAt({ syntax, around }: Place, source: Source): string {
  const begins = around.some(
    (each) => each.type === 'ExpressionStatement' && source.beginsLike(each, syntax),
  );
  return begins ? 'void ' : '';
}
