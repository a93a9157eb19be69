import {
  type CatchClause,
  type ClassMember,
  type Expression,
  type ModuleItem,
  type ObjectPatternProperty,
  type Param,
  type Pattern,
  type Property,
  parseSync,
  type Statement,
  type SwitchCase,
  type VariableDeclarator,
} from '@swc/core';

/** A part of the syntax. There are more kinds than these: those say nothing here. */
export type Syntax =
  | CatchClause
  | ClassMember
  | Expression
  | ModuleItem
  | ObjectPatternProperty
  | Param
  | Pattern
  | Property
  | Statement
  | SwitchCase
  | VariableDeclarator;

/** A part of the syntax with all that it is in, from the outside in. */
export interface Place {
  readonly syntax: Syntax;
  readonly around: readonly Syntax[];
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A file's text and its syntax. */
export class Source {
  readonly body: readonly ModuleItem[];
  readonly #bytes: Buffer;
  readonly #base: number;
  readonly #edits: Edit[] = [];

  constructor(text: string) {
    // swc counts bytes, not from the file's first one. So a first statement of ours tells where the file begins.
    const marked = `;${text}`;
    const [mark, ...body] = parseSync(marked, { syntax: 'typescript', target: 'esnext' }).body;
    this.#bytes = Buffer.from(marked);
    this.#base = spanOf(mark)?.start ?? Number.NaN;
    this.body = body;
  }

  textOf(syntax: object): string {
    const { start, end } = this.#position(syntax);
    return this.#bytes.subarray(start, end).toString();
  }

  beginsLike(syntax: object, other: object): boolean {
    return this.#position(syntax).start === this.#position(other).start;
  }

  replace(syntax: object, text: string): void {
    this.#edits.push({ ...this.#position(syntax), text });
  }

  insertBefore(syntax: object, text: string): void {
    const { start } = this.#position(syntax);
    this.#edits.push({ start, end: start, text });
  }

  /** The text with everything replaced. */
  edited(): string {
    const pieces: Buffer[] = [];
    let done = 1;
    for (const { start, end, text } of this.#edits.toSorted((a, b) => a.start - b.start)) {
      pieces.push(this.#bytes.subarray(done, start), Buffer.from(text));
      done = end;
    }
    return Buffer.concat([...pieces, this.#bytes.subarray(done)]).toString();
  }

  #position(syntax: object): { readonly start: number; readonly end: number } {
    const span = spanOf(syntax);
    if (span === undefined) throw new Error('this syntax stands nowhere');
    return { start: span.start - this.#base, end: span.end - this.#base };
  }
}

function spanOf(syntax: object | undefined): { readonly start: number; readonly end: number } | undefined {
  const { span } = (syntax ?? {}) as { readonly span?: { readonly start: number; readonly end: number } };
  return span;
}

/** Everything inside a place, from the outside in. */
export function* within({ syntax, around }: Place): Iterable<Place> {
  for (const child of childrenOf(syntax)) {
    const place = { syntax: child, around: [...around, syntax] };
    yield place;
    yield* within(place);
  }
}

/** Types say nothing at run time, but an expression may stand beside one. */
const TYPED = new Set(['TsAsExpression', 'TsConstAssertion', 'TsNonNullExpression', 'TsSatisfiesExpression']);
const isOfTypesOnly = (type: string): boolean => type.startsWith('Ts') && !TYPED.has(type);

/** What stands directly in it. What has no type of its own only holds other syntax together. */
function childrenOf(syntax: object): readonly Syntax[] {
  return Object.values(syntax).flatMap((value: unknown) => {
    if (typeof value !== 'object' || value === null) return [];
    if (!('type' in value) || typeof value.type !== 'string') return childrenOf(value);
    return isOfTypesOnly(value.type) ? [] : [value as Syntax];
  });
}
