/** A bug to plant: what stands once in a file of the product, and what takes its place. */
export interface Bug {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}
