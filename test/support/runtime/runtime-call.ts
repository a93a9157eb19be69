/** What a runtime asks for. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html */
export type RuntimeCall =
  | { readonly kind: 'next' }
  | { readonly kind: 'init-error' }
  | { readonly kind: 'response' | 'error'; readonly requestId: string };

const VERSION = '/2018-06-01/runtime';

/** undefined: Lambda knows no such call. */
export function runtimeCall(method: string | undefined, path: string | undefined): RuntimeCall | undefined {
  if (method === 'GET') return path === `${VERSION}/invocation/next` ? { kind: 'next' } : undefined;
  if (method !== 'POST' || path === undefined) return undefined;
  if (path === `${VERSION}/init/error`) return { kind: 'init-error' };
  const [, requestId, kind] =
    /^\/2018-06-01\/runtime\/invocation\/([\w-]+)\/(response|error)$/.exec(path) ?? [];
  if (requestId === undefined || (kind !== 'response' && kind !== 'error')) return undefined;
  return { kind, requestId };
}
