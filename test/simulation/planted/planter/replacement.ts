import { type ArrowFunctionExpression, type ModuleItem, type ObjectPattern, parseSync } from '@swc/core';
import type { Bug } from './bug.ts';
import { introducedBy, referenceAt, visibleAt } from './scope.ts';
import { type Place, type Syntax, within } from './source.ts';

/** What takes the place of an original: the text of a bug's `plant`, which sees what is in the product's file. */
export class Replacement {
  readonly #text: string;
  readonly #plant: ArrowFunctionExpression;
  readonly #body: readonly ModuleItem[];

  constructor(plant: Bug['plant'], body: readonly ModuleItem[]) {
    this.#text = plant.toString();
    this.#body = body;
    const [statement] = parseSync(`(${this.#text})`, { syntax: 'ecmascript', target: 'esnext' }).body;
    const expression = statement?.type === 'ExpressionStatement' ? statement.expression : undefined;
    const inner = expression?.type === 'ParenthesisExpression' ? expression.expression : undefined;
    if (inner?.type !== 'ArrowFunctionExpression') throw new Error('"plant" is no arrow function');
    this.#plant = inner;
    const strange = strangersIn(inner);
    if (strange.length > 0) throw new Error(`"plant" uses ${strange.join()} of its own file`);
  }

  /** An expression that has it take the place of the original, itself an expression, at a place. */
  of(original: string, place: Place): string {
    if (this.#isNothingNew(original)) throw new Error('"plant" changes nothing');
    return `(${this.#text})(${original}, { ${this.#names(place).join(', ')} })`;
  }

  #isNothingNew(original: string): boolean {
    const { params, body } = this.#plant;
    const [first] = params;
    if (first?.type === 'Identifier' && body.type === 'Identifier' && first.value === body.value) return true;
    const arrow = this.#text.replaceAll(/\s/g, '');
    return arrow.endsWith(`=>${original.replaceAll(/\s/g, '')}`);
  }

  #names(place: Place): readonly string[] {
    const members = membersAround(place);
    const visible = visibleAt(place, this.#body);
    return wantedBy(this.#plant).map((name) => {
      const member = members.get(`#${name}`) ?? members.get(name);
      if (member !== undefined) return `${name}: ${member}`;
      // Nothing that is visible has the name of a reserved word.
      if (visible.has(name)) return name;
      throw new Error(`there is no ${name} to be seen`);
    });
  }
}

/** The names that the second parameter takes apart. */
function wantedBy({ params: [, names] }: ArrowFunctionExpression): readonly string[] {
  if (names === undefined) return [];
  if (names.type !== 'ObjectPattern') throw new Error('"plant" does not take apart the names that it wants');
  return (names satisfies ObjectPattern).properties.map((property) => {
    if (property.type === 'RestElement' || !('value' in property.key))
      throw new Error('"plant" does not name what it wants');
    return String(property.key.value);
  });
}

/** How the members of the class that a place is in are reached from there. */
function membersAround({ around }: Place): ReadonlyMap<string, string> {
  const [members = []] = around.flatMap((syntax) =>
    syntax.type === 'ClassDeclaration' ? [syntax.body] : [],
  );
  return new Map(
    members.flatMap((member): [string, string][] => {
      if (!('key' in member) || !('value' in member.key)) return [];
      const name = `${member.type.startsWith('Private') ? '#' : ''}${member.key.value}`;
      const isMethod = member.type === 'ClassMethod' || member.type === 'PrivateMethod';
      return [[name, isMethod ? `(...all) => this.${name}(...all)` : `this.${name}`]];
    }),
  );
}

/** Names that the text uses, and neither declares itself nor finds everywhere. */
function strangersIn(plant: ArrowFunctionExpression): readonly string[] {
  const inside = [...within({ syntax: plant, around: [] })];
  const own = new Set([plant as Syntax, ...inside.map(({ syntax }) => syntax)].flatMap(introducedBy));
  const used = inside.flatMap((place) => referenceAt(place) ?? []);
  return [...new Set(used)].filter((name) => !own.has(name) && name !== 'undefined' && !(name in globalThis));
}
