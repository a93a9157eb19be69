import { functionsOf, places } from './places.ts';

export const hotel = places('hotel');
export const { participate, deadLetters, countDeadLetters, getRecord, put } = functionsOf(hotel);
