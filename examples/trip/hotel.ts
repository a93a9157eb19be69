import { liveFunctions } from '../../engine/live-functions.ts';
import { liveTable } from '../../engine/live-table.ts';
import { places, putPlaces } from './places.ts';

export const hotel = places('hotel');
export const { participate, deadLetters, countDeadLetters, getRecord } = liveFunctions(hotel);
export const put = putPlaces(liveTable(hotel));
