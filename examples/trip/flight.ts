import { functionsOf, places } from './places.ts';

export const flight = places('flight');
export const { participate, deadLetters, countDeadLetters, getRecord, getAudit, put } = functionsOf(flight);
