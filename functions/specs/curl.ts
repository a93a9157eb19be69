import type { Operation } from './documents.ts';

/** A call as a command for a shell in which API is the address and TOKEN a token. */
export function curlOf(method: string, path: string, operation: Operation): string {
  const { parameters = [], requestBody, security } = operation;
  const example = requestBody?.content['application/json']?.example;
  const headers = parameters.filter((each) => each.in === 'header' && each.required === true);
  return [
    `curl -sS${method === 'get' ? '' : ` -X ${method.toUpperCase()}`} "$API${path}"`,
    ...(security.length === 0 ? [] : ['-H "Authorization: Bearer $TOKEN"']),
    ...headers.map(({ name }) => `-H '${name}: …'`),
    ...(example === undefined
      ? []
      : [
          "-H 'Content-Type: application/json'",
          `-d '${JSON.stringify(example).replaceAll("'", String.raw`'\''`)}'`,
        ]),
  ].join(' \\\n  ');
}
