import { UnicodeText } from '../saga/ids.ts';
import { holdsCardNumber } from './card-number.ts';

const MAX_LENGTH = 500;

/** What a person writes into a request, and what is kept for ever: a reason, a proof. */
export const FreeText = UnicodeText.trim()
  .min(1)
  .max(MAX_LENGTH)
  .refine((text) => !holdsCardNumber(text), 'must not have the number of a card in it');
