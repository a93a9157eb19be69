import { liveFunctions } from '../../engine/live-functions.ts';
import { liveTable } from '../../engine/live-table.ts';
import { places, putPlaces } from './places.ts';

export const flight = places('flight');
export const { participate, deadLetters, countDeadLetters, getRecord } = liveFunctions(flight);
export const put = putPlaces(liveTable(flight));
