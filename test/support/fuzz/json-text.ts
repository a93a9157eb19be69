/**
 * JSON as written and not as parsed: a member may come twice or be called `__proto__`, and a value may be any text.
 */
export type Written = string | number | boolean | null | readonly Written[] | Members | Verbatim;

export class Members {
  readonly list: readonly Member[];
  constructor(list: readonly Member[]) {
    this.list = list;
  }
}

type Member = readonly [name: string, value: Written];

/** Goes into the text unchanged. */
export class Verbatim {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export function written(value: unknown): Written {
  if (value instanceof Members || value instanceof Verbatim) return value;
  if (Array.isArray(value)) return value.map(written);
  if (typeof value !== 'object' || value === null) return (value ?? null) as Written;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return new Members(members.map(([name, member]) => [name, written(member)]));
}

export function textOf(node: Written): string {
  if (node instanceof Verbatim) return node.text;
  if (node instanceof Members) {
    return `{${node.list.map(([name, value]) => `${JSON.stringify(name)}:${textOf(value)}`).join(',')}}`;
  }
  if (isList(node)) return `[${node.map(textOf).join(',')}]`;
  return JSON.stringify(node);
}

export type Flaw =
  | { readonly kind: 'replace'; readonly by: Written }
  | { readonly kind: 'drop' }
  | { readonly kind: 'add'; readonly name: string; readonly value: Written }
  /** Repeats a member, after or before the first one. */
  | { readonly kind: 'repeat'; readonly value: Written; readonly first: boolean }
  | { readonly kind: 'rename'; readonly name: string }
  | { readonly kind: 'nest'; readonly depth: number };

/** The tree with a flaw at one place. `at` is an index into the places where such a flaw fits. */
export function flawed(root: Written, flaw: Flaw, at: number): Written {
  const candidates = placesOf(root).filter((place) => isPlaceFor(flaw, root, place));
  const place = candidates[at % Math.max(candidates.length, 1)];
  return place === undefined ? root : edited(root, place, (node) => withFlaw(node, flaw, at));
}

type Place = readonly number[];

const isList = (node: Written): node is readonly Written[] => Array.isArray(node);

function childrenOf(node: Written): readonly Written[] {
  if (node instanceof Members) return node.list.map(([, value]) => value);
  return isList(node) ? node : [];
}

function placesOf(node: Written): readonly Place[] {
  return [
    [],
    ...childrenOf(node).flatMap((child, index) => placesOf(child).map((place) => [index, ...place])),
  ];
}

function isPlaceFor({ kind }: Flaw, root: Written, place: Place): boolean {
  if (kind === 'replace' || kind === 'nest') return true;
  const node = place.reduce<Written>((parent, index) => childrenOf(parent)[index] ?? null, root);
  if (kind === 'drop') return childrenOf(node).length > 0;
  return node instanceof Members && (kind === 'add' || node.list.length > 0);
}

function edited(node: Written, [index, ...rest]: Place, edit: (node: Written) => Written): Written {
  if (index === undefined) return edit(node);
  const inside = (child: Written, position: number) =>
    position === index ? edited(child, rest, edit) : child;
  if (node instanceof Members) {
    return new Members(node.list.map(([name, value], position) => [name, inside(value, position)]));
  }
  return isList(node) ? node.map(inside) : node;
}

function withFlaw(node: Written, flaw: Flaw, at: number): Written {
  const index = at % Math.max(childrenOf(node).length, 1);
  switch (flaw.kind) {
    case 'replace':
      return flaw.by;
    case 'nest':
      return new Verbatim('['.repeat(flaw.depth) + textOf(node) + ']'.repeat(flaw.depth));
    case 'drop':
      if (node instanceof Members) return new Members(node.list.toSpliced(index, 1));
      return isList(node) ? node.toSpliced(index, 1) : node;
    case 'add':
      return node instanceof Members
        ? new Members(node.list.toSpliced(at % (node.list.length + 1), 0, [flaw.name, flaw.value]))
        : node;
    case 'repeat':
    case 'rename': {
      const member = node instanceof Members ? node.list[index] : undefined;
      if (!(node instanceof Members) || member === undefined) return node;
      if (flaw.kind === 'rename') return new Members(node.list.with(index, [flaw.name, member[1]]));
      return new Members(node.list.toSpliced(flaw.first ? index : index + 1, 0, [member[0], flaw.value]));
    }
    default:
      return flaw satisfies never;
  }
}
