/** A bug to plant: a function of the product, and what takes its place. Nothing depends on how the product is laid out. */
export interface Bug {
  readonly name: string;
  readonly file: string;
  /**
   * A function or a constant of the file, or one inside it: `seal`, `Run.#publish`, `consume.settle`, `reserve.foreign`.
   * There has to be exactly one.
   */
  readonly in: string;
  /** The part of it that is replaced. Absent: all of it. */
  readonly at?: Part;
  /**
   * What takes the place of the original, which it gets, besides the names that it takes apart: those are looked up where
   * it is planted. Its text is planted, so it sees nothing else of its own file. In a class, names are of its members
   * first; their # is left out.
   */
  readonly plant: (original: never, names: never) => unknown;
}

/** An expression inside a function, of which there has to be exactly one. */
export type Part =
  /** A call, for instance `store.write`. The original is a function that makes it. */
  | { readonly call: string }
  /** An argument of such a call, counted from 0. */
  | { readonly argument: number; readonly of: string }
  /** The value of an object literal's member. */
  | { readonly member: string }
  /** The use of a name. */
  | { readonly use: string };

/** Bugs of one file. */
export const bugsIn = (file: string, bugs: readonly Omit<Bug, 'file'>[]): readonly Bug[] =>
  bugs.map((bug) => ({ ...bug, file }));
