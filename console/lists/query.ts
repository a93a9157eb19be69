import type { Request } from '../../api/client.ts';

/** Which open sagas are listed. */
export type Query = NonNullable<Request<'GET /sagas'>['query']>;
