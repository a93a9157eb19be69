export type Call = { readonly method: string; readonly path: string };

/** What runs: its name, where it is, and how commands are told that they are about it. */
export interface Running {
  readonly title: string;
  readonly api: string;
  /** The path of the caller's own sagas. */
  readonly sagas: string;
  /** The sandbox of what the functions ask outside, and its address if it is known. */
  readonly sandbox: { readonly name: string; readonly url: string };
  /** The folder of a saga that is not the shop. */
  readonly folder: string | undefined;
  /** A scenario to play. */
  readonly scenario: string;
}

/** What a person who opens the API in a browser wants to know. */
export function frontPage(
  calls: readonly Call[],
  { title, api, sagas, sandbox, folder, scenario }: Running,
): string {
  const run = (command: string, ...args: readonly string[]) =>
    [
      `npm run -s ${command}`,
      ...(folder === undefined && args.length === 0 ? [] : ['--']),
      ...(folder === undefined ? [] : [folder]),
      ...args,
    ].join(' ');
  const isCall = (wanted: string) => calls.some(({ method, path }) => `${method} ${path}` === wanted);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width">
<style>body { font: 1rem/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem }
pre { background: #eee; color: #111; padding: .5rem; overflow: auto }</style>
<h1>${title}</h1>
<p>A saga engine for event-driven services. This is the API of a saga that runs on your machine.
${isCall('get health') ? '<a href="/health">/health</a> says that it answers.' : ''}
${isCall('get docs') ? '<a href="/docs">/docs</a> says what each call takes and answers.' : ''}
The <a href="${sandbox.url}/ledger">${sandbox.name}</a> shows what was done outside.</p>
<h2>Get a token</h2>
<p>All other calls need one. In the folder of the project:</p>
<pre>TOKEN=$(${run('token')})
OPERATOR=$(${run('token', 'operator')})</pre>
<h2>Call the API</h2>
<pre>curl -sS ${api}/${sagas} -H "Authorization: Bearer $TOKEN"</pre>
<p><code>${run('saga', scenario)}</code>
plays a whole saga.</p>
<ul>
${calls.map(({ method, path }) => `<li><code>${method.toUpperCase()} /${path}</code></li>`).join('\n')}
</ul>
</html>
`;
}
