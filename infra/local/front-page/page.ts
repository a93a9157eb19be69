export type Call = { readonly method: string; readonly path: string };

/** Where the API and the payment sandbox are, and the path of the caller's own sagas. */
export type Addresses = { readonly api: string; readonly payments: string; readonly sagas: string };

/** What a person who opens the API in a browser wants to know. */
export function frontPage(
  title: string,
  calls: readonly Call[],
  { api, payments, sagas }: Addresses,
): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width">
<style>body { font: 1rem/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem }
pre { background: #eee; color: #111; padding: .5rem; overflow: auto }</style>
<h1>${title}</h1>
<p>A saga engine for event-driven services. This is the API of a saga that runs on your machine.
<a href="/health">/health</a> says that it answers.
The <a href="${payments}/ledger">payment sandbox</a> shows what was charged and refunded.</p>
<h2>Get a token</h2>
<p>All other calls need one. In the folder of the project:</p>
<pre>TOKEN=$(npm run -s token)
OPERATOR=$(npm run -s token operator)</pre>
<h2>Call the API</h2>
<pre>curl -sS ${api}/${sagas} -H "Authorization: Bearer $TOKEN"</pre>
<p><code>docs/api.md</code> says what each call takes and answers, and <code>npm run -s saga declined</code> plays a whole
order.</p>
<ul>
${calls.map(({ method, path }) => `<li><code>${method.toUpperCase()} /${path}</code></li>`).join('\n')}
</ul>
</html>
`;
}
