import { transformSync } from 'esbuild';

/**
 * Why a file is no module of TypeScript's, for example since a name in it is a word of the language, or stands for
 * something else there already; undefined if it is one.
 */
export function flawOfCode(path: string, text: string): string | undefined {
  if (!path.endsWith('.ts')) return undefined;
  try {
    // As TypeScript a name may be declared twice, so that the JavaScript that comes of it is looked at, too.
    const tsconfigRaw = { compilerOptions: { verbatimModuleSyntax: true } };
    const { code } = transformSync(text, { loader: 'ts', logLevel: 'silent', tsconfigRaw });
    transformSync(code, { loader: 'js', format: 'esm', logLevel: 'silent' });
    return undefined;
  } catch (error) {
    const [first] = (error as { readonly errors?: readonly { readonly text: string }[] }).errors ?? [];
    return first?.text.replace(/:$/, '') ?? String(error);
  }
}
