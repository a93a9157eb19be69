/** A request of an .http file, as editors play it. */
export interface HttpFileRequest {
  readonly title: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** The requests of an .http file, in their order. `variables`: in the place of what the file gives them. */
export function requestsIn(
  text: string,
  variables: Readonly<Record<string, string>>,
): readonly HttpFileRequest[] {
  const [head = '', ...parts] = text.split(/^### /m);
  const defaults = Object.fromEntries(
    [...head.matchAll(/^@(\w+) = (.+)$/gm)].map(([, name, value]) => [name, value]),
  );
  const values: Readonly<Record<string, string | undefined>> = { ...defaults, ...variables };
  return parts.map((part) => {
    const filled = part.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
      const value = values[name];
      if (value === undefined) throw new Error(`the file has no variable ${name}`);
      return value;
    });
    const [lines = '', body = ''] = filled.split(/\n\n/);
    const [title = '', request = '', ...headers] = lines.split('\n');
    const [method = '', url = ''] = request.split(' ');
    return {
      title,
      method,
      url,
      headers: Object.fromEntries(headers.filter(Boolean).map((line) => line.split(': '))),
      body: body.trim() === '' ? undefined : body,
    };
  });
}
