import type { Choreography } from './choreography.ts';

/** What the bundler puts in its place. */
declare const CHOREOGRAPHY: Choreography;

export const choreography: Choreography = CHOREOGRAPHY;
