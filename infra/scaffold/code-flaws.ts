import { transformSync } from 'esbuild';

/**
 * The error in a TypeScript file, for example a reserved word as a name, or a name that is declared twice. Undefined if
 * there is none.
 */
export function flawOfCode(path: string, text: string): string | undefined {
  if (!path.endsWith('.ts')) return undefined;
  try {
    // TypeScript lets a name be declared twice, so the JavaScript made of it is checked, too.
    const tsconfigRaw = { compilerOptions: { verbatimModuleSyntax: true } };
    const { code } = transformSync(text, { loader: 'ts', logLevel: 'silent', tsconfigRaw });
    transformSync(code, { loader: 'js', format: 'esm', logLevel: 'silent' });
    return undefined;
  } catch (error) {
    const [first] = (error as { readonly errors?: readonly { readonly text: string }[] }).errors ?? [];
    return first?.text.replace(/:$/, '') ?? String(error);
  }
}
