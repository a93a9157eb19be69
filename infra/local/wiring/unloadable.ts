import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectDir } from '../project.ts';

interface Functions {
  readonly [name: string]: { readonly handler: string };
}

/**
 * The functions that cannot be loaded, a sentence for each reason. Lambda would find out at the first call, and whoever
 * waits for the function would only wait. A step that its declaration does not fit is found here, too.
 */
export async function unloadable(functions: Functions): Promise<readonly string[]> {
  const names = new Map<string, string[]>();
  for (const [name, { handler }] of Object.entries(functions)) {
    const flaw = await flawOf(handler);
    if (flaw !== undefined) names.set(flaw, [...(names.get(flaw) ?? []), name]);
  }
  return [...names].map(([flaw, [first, ...others]]) => {
    const besides = others.length === 0 ? '' : ` (nor ${others.join(', ')})`;
    return `The function ${first} cannot be loaded${besides}: ${flaw}`;
  });
}

async function flawOf(handler: string): Promise<string | undefined> {
  const dot = handler.lastIndexOf('.');
  const [file, exported] = [`${handler.slice(0, dot)}.ts`, handler.slice(dot + 1)];
  try {
    const module = (await import(pathToFileURL(join(projectDir, file)).href)) as Record<string, unknown>;
    return typeof module[exported] === 'function' ? undefined : `${file} exports no function ${exported}`;
  } catch (error) {
    return reasonOf(error);
  }
}

/** Without the stack, and with paths from the project's folder. */
function reasonOf(error: unknown): string {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  // Of a syntax error the stack begins with the place.
  const [place = ''] = error instanceof SyntaxError ? stack.split('\n') : [];
  const named = place.startsWith('file:') ? `${relative(projectDir, new URL(place).pathname)}: ` : '';
  return `${named}${message}`;
}
