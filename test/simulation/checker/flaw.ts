/** A promise that is broken, and how. */
export type Flaw = readonly [promise: string, flaw: string];
