import { type HttpEvent, headersOf } from './http.ts';

/**
 * A record's version as an entity tag. It is weak: another version of the code may write the same record differently.
 * https://www.rfc-editor.org/rfc/rfc9110#field.etag
 */
export const entityTagOf = (version: number): string => `W/"${version}"`;

/**
 * Whether the caller has what an entity tag stands for, by its If-None-Match; undefined without that header.
 * https://www.rfc-editor.org/rfc/rfc9110#field.if-none-match
 */
export function knownTo(event: HttpEvent): ((entityTag: string) => boolean) | undefined {
  const headers = headersOf(event, 'if-none-match');
  if (headers.length === 0) return undefined;
  const known = new Set(headers.flatMap((header) => header.split(',')).map(opaque));
  return (entityTag) => known.has('*') || known.has(opaque(entityTag));
}

/** Two tags are compared without the mark of a weak one. */
const opaque = (tag: string): string => tag.trim().replace(/^W\//, '');
