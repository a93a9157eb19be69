import { curlOf } from './curl.ts';
import type { AsyncApi, OpenApi, Operation, Response, Schema } from './documents.ts';
import { anchorOf, escaped, prose, schemaText } from './schema-text.ts';
import { STYLE } from './style.ts';

type Call = { readonly method: string; readonly path: string; readonly operation: Operation };

/** The documents as a page for people. It loads nothing, and needs no script. */
export function pageOf(openapi: OpenApi, asyncapi: AsyncApi): string {
  const { info, tags, components } = openapi;
  const calls = callsOf(openapi);
  const events = Object.entries(asyncapi.components.messages);
  const callsAbout = (tag: string) => calls.filter(({ operation }) => operation.tags.includes(tag));
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escaped(info.title)} API</title>
<meta name="viewport" content="width=device-width">
<style>${STYLE}</style>
<nav>
<a href="#top"><strong>${escaped(info.title)}</strong> ${escaped(info.version)}</a>
${tags.map(({ name }) => `<h2>${escaped(name)}</h2>\n${callsAbout(name).map(linkTo).join('\n')}`).join('\n')}
<h2>Events</h2>
${events.map(([type]) => `<a href="#${escaped(anchorOf(type))}">${escaped(type)}</a>`).join('\n')}
<h2>Schemas</h2>
${Object.keys(components.schemas)
  .map((name) => `<a href="#${escaped(anchorOf(name))}">${escaped(name)}</a>`)
  .join('\n')}
</nav>
<main id="top">
<h1>${escaped(info.title)} API</h1>
<p>${prose(info.description)}</p>
<p>For programs: <a href="openapi.json">openapi.json</a> (OpenAPI 3.1) · <a href="asyncapi.json">asyncapi.json</a> (AsyncAPI 3).
A <code>?</code> marks what may be missing.</p>
${tags
  .map(
    ({ name, description }) =>
      `<h2>${escaped(name)}</h2>\n<p>${prose(description)}</p>\n${callsAbout(name)
        .map((call) => callText(openapi, call))
        .join('\n')}`,
  )
  .join('\n')}
<h2>Events</h2>
<p>${prose(asyncapi.info.description)}</p>
${events
  .map(
    ([type, { summary }]) =>
      `<h3 id="${escaped(anchorOf(type))}" class="path">${escaped(type)}</h3>\n<p class="dim">${prose(summary)}</p>\n<pre>${schemaText(asyncapi.components.schemas[type] ?? {})}</pre>`,
  )
  .join('\n')}
<h2>Schemas</h2>
${Object.entries(components.schemas)
  .map(
    ([name, schema]) =>
      `<h3 id="${escaped(anchorOf(name))}">${escaped(name)}</h3>\n<pre>${schemaText(schema)}</pre>`,
  )
  .join('\n')}
</main>
</html>
`;
}

const callsOf = ({ paths }: OpenApi): readonly Call[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );

const methodText = (method: string): string =>
  `<span class="method ${escaped(method)}">${escaped(method.toUpperCase())}</span>`;

const linkTo = ({ method, path, operation }: Call): string =>
  `<a href="#${escaped(operation.operationId)}">${methodText(method)}${escaped(path)}</a>`;

function callText(openapi: OpenApi, { method, path, operation }: Call): string {
  const { operationId, summary, description, parameters = [], requestBody } = operation;
  const rows = parameters.map(
    ({ name, in: place, required, description: words = '', schema }) =>
      `<tr><td><code>${escaped(name)}${required === true ? '' : '?'}</code><td>${escaped(place)}<td><code>${schemaText(schema)}</code> ${prose(words)}`,
  );
  const media = requestBody?.content['application/json'];
  return `<h3 id="${escaped(operationId)}">${methodText(method)}<span class="path">${escaped(path)}</span></h3>
<p>${prose(summary)}. ${prose(description ?? '')}</p>
<p class="dim">${rolesText(operation)}</p>
${rows.length === 0 ? '' : `<table>${rows.join('\n')}</table>`}
${media === undefined ? '' : `<p class="dim">Body. ${prose(requestBody?.description ?? '')}</p>\n<pre>${schemaText(media.schema ?? {})}</pre>`}
${folded('curl', curlOf(method, path, operation))}
<table>${Object.entries(operation.responses)
    .map(([status, response]) => answerText(status, resolved(openapi, response)))
    .join('\n')}</table>`;
}

function rolesText({ security }: Operation): string {
  if (security.length === 0) return 'Without a token.';
  const roles = security.flatMap(({ bearer }) => bearer);
  if (roles.length === 0) return 'With a token, in any role.';
  return `Role: ${roles.map((role) => `<span class="role">${escaped(role)}</span>`).join(' or ')}`;
}

const resolved = ({ components }: OpenApi, response: Response): Response =>
  response.$ref === undefined
    ? response
    : (components.responses[response.$ref.slice(response.$ref.lastIndexOf('/') + 1)] ?? {});

function answerText(status: string, { description = '', headers = {}, content = {} }: Response): string {
  const [[, media] = []] = Object.entries(content);
  const { type } = media?.schema?.properties ?? {};
  const isProblem = 'application/problem+json' in content;
  const body = isProblem
    ? (type?.enum ?? []).map((each) => `<code>${escaped(String(each))}</code>`).join('<br>')
    : media?.schema === undefined
      ? ''
      : `${bodyText(media.schema)}${exampleText(media.example)}`;
  const named = Object.keys(headers).map((name) => `<code>${escaped(name)}</code>`);
  return `<tr><td><code>${escaped(status)}</code><td>${prose(description)} ${named.join(' ')}<br>${body}`;
}

const bodyText = (schema: Schema): string =>
  schema.$ref === undefined ? `<pre>${schemaText(schema)}</pre>` : schemaText(schema);

const exampleText = (example: unknown): string =>
  example === undefined ? '' : folded('Example', JSON.stringify(example, undefined, 2));

const folded = (title: string, text: string): string =>
  `<details><summary>${title}</summary><pre>${escaped(text)}</pre></details>`;
