import { endpoint } from '../../engine/http/endpoint.ts';
import { json } from '../../engine/http/http.ts';
import { shop } from '../shop.ts';

/** Says that the API answers, to anyone: it needs no token, and asks neither the database nor the broker. */
export const handler = endpoint(shop, [], async () => json(200, { status: 'ok' }));
