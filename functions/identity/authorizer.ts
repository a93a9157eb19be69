import { authorizing } from '../../engine/http/authorizer.ts';
import { shop } from '../shop.ts';

/** Says of every request's token whom it speaks for: a customer or an operator. */
export const handler = authorizing(shop);
