import { functionsOf, places } from './places.ts';

export const hotel = places('hotel');
export const { participate, deadLetters, countDeadLetters, getRecord, getAudit, put } = functionsOf(hotel);
