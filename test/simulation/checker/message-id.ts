import { remembered } from '../remembered.ts';

/** An event's id is its saga's and its type. */
const partsOf = remembered((messageId: string) => messageId.split(':'));

export const sagaIdOf = (messageId: string): string => partsOf(messageId)[0] ?? '';
export const typeOf = (messageId: string): string => partsOf(messageId)[1] ?? '';
