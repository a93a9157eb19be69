import type { ModuleItem } from '@swc/core';
import type { Part } from './bug.ts';
import { referenceAt } from './scope.ts';
import { type Place, type Source, type Syntax, within } from './source.ts';

/** What a path such as `Run.#publish` or `consume.settle` names. @throws unless it is exactly one place */
export function placeOf(path: string, body: readonly ModuleItem[]): Place {
  const [first = '', ...others] = path.split('.');
  const topLevel = body.flatMap((item) => declarationsIn(item));
  let place = only(
    topLevel.filter(({ syntax }) => nameOf(syntax) === first),
    first,
  );
  for (const name of others) place = only(namedInside(place, name), `${name} of ${path}`);
  return place;
}

function declarationsIn(item: ModuleItem): readonly Place[] {
  const [declaration, around] =
    item.type === 'ExportDeclaration' ? [item.declaration, [item]] : [item as Syntax, []];
  if (declaration.type !== 'VariableDeclaration') return [{ syntax: declaration as Syntax, around }];
  return declaration.declarations.map((syntax) => ({ syntax, around: [...around, declaration] }));
}

/** A class has members; anything else is looked through. */
function namedInside(place: Place, name: string): readonly Place[] {
  const inside = [...within(place)].filter(({ syntax }) => nameOf(syntax) === name);
  return place.syntax.type === 'ClassDeclaration'
    ? inside.filter(({ around }) => around.at(-1) === place.syntax)
    : inside;
}

/** What a function or a constant is called; members of object literals only if they are functions. */
function nameOf(syntax: Syntax): string | undefined {
  switch (syntax.type) {
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      return syntax.identifier.value;
    case 'VariableDeclarator':
      return syntax.id.type === 'Identifier' ? syntax.id.value : undefined;
    case 'ClassMethod':
    case 'ClassProperty':
    case 'MethodProperty':
      return keyOf(syntax);
    case 'PrivateMethod':
    case 'PrivateProperty':
      return `#${keyOf(syntax)}`;
    case 'KeyValueProperty':
      return isFunction(syntax.value) ? keyOf(syntax) : undefined;
    default:
      return undefined;
  }
}

/** Every kind of key has a value but one that is calculated. */
const keyOf = ({ key }: { readonly key: object }): string | undefined =>
  'value' in key ? String(key.value) : undefined;

export const isFunction = ({ type }: { readonly type: string }): boolean =>
  type === 'ArrowFunctionExpression' || type === 'FunctionExpression';

/** The part of a function that is meant. @throws unless it is exactly one */
export function partOf(place: Place, part: Part, path: string, source: Source): Place {
  const inside = [...within(place)];
  const callOf = (callee: string): Place =>
    only(
      inside.filter(({ syntax }) => calleeIn(syntax, source) === callee),
      `the call ${callee} in ${path}`,
    );
  if ('call' in part) return callOf(part.call);
  if ('argument' in part) return argumentOf(callOf(part.of), part.argument);
  if ('use' in part)
    return only(
      inside.filter((each) => referenceAt(each) === part.use),
      `the use of ${part.use} in ${path}`,
    );
  return only(
    inside.filter((each) => isMember(each, part.member)),
    `the member ${part.member} in ${path}`,
  );
}

/** What is called, such as `this.#store.write`. */
const calleeIn = (syntax: Syntax, source: Source): string | undefined =>
  syntax.type === 'CallExpression' ? source.textOf(syntax.callee).replaceAll(/\s|\?(?=\.)/g, '') : undefined;

function argumentOf({ syntax, around }: Place, index: number): Place {
  const given = syntax.type === 'CallExpression' ? syntax.arguments.slice(0, index + 1) : [];
  const argument = given[index];
  if (argument === undefined || given.some(({ spread }) => spread))
    throw new Error(`it has no argument ${index}`);
  return { syntax: argument.expression, around: [...around, syntax] };
}

/** The value of a member of an object literal; one that is written shortly is its own value. */
function isMember({ syntax, around }: Place, name: string): boolean {
  const parent = around.at(-1);
  if (parent?.type === 'ObjectExpression') return syntax.type === 'Identifier' && syntax.value === name;
  return parent?.type === 'KeyValueProperty' && parent.value === syntax && keyOf(parent) === name;
}

function only(places: readonly Place[], what: string): Place {
  const [place] = places;
  if (place === undefined || places.length > 1) throw new Error(`${what}: there are ${places.length}`);
  return place;
}
