import type { HttpEvent } from './http.ts';

/**
 * A path as the caller has to write it: behind the stage's name (`/prod/things/…`), or behind the base path of a domain
 * of one's own, where the request came by one.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function asCalled(event: HttpEvent, path: string): string {
  const parameters = event.pathParameters ?? {};
  const resource = (event.resource ?? '').replaceAll(
    /\{(\w+)\}/g,
    (_, name: string) => parameters[name] ?? '',
  );
  // API Gateway takes a slash at the end for nothing, and leaves it in the path.
  const called = (event.requestContext.path ?? '').replace(/\/$/, '');
  return resource !== '' && called.endsWith(resource)
    ? `${called.slice(0, called.length - resource.length)}${path}`
    : path;
}
