import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectDir } from '../../../infra/local/project.ts';

/** Goal: a reader who follows a link arrives, and the documents stay short. Method: reads every document there is. */
const files = (...patterns: readonly string[]): readonly string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns], {
    cwd: projectDir,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => path !== '' && existsSync(join(projectDir, path)));
const documents = files('*.md');

const read = (path: string): string => readFileSync(join(projectDir, path), 'utf8');
const linesOf = (path: string): number => read(path).trimEnd().split('\n').length;

/** What stands there as prose: code is shown as it is, and links nowhere. */
const proseOf = (path: string): string =>
  read(path)
    .replaceAll(/^(`{3,}).*\n[\s\S]*?^\1$/gm, '')
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, ''));

/** As GitHub makes them of headings. https://docs.github.com/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links */
function anchorsOf(path: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of proseOf(path).matchAll(/^#{1,6} (.+)$/gm)) {
    const anchor = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    let [unique, count] = [anchor, 0];
    while (anchors.has(unique)) unique = `${anchor}-${++count}`;
    anchors.add(unique);
  }
  return anchors;
}

/** Why a link leads nowhere; undefined if it leads somewhere, or out of the project. */
function flawOf(link: string, from: string): string | undefined {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? from : relative(projectDir, join(projectDir, dirname(from), path));
  if (!existsSync(join(projectDir, target))) return `${link}: there is no ${target}`;
  if (anchor === undefined || anchorsOf(target).has(anchor)) return undefined;
  return `${link}: ${target} has no such heading`;
}

describe.each(documents)('%s', (path) => {
  test('leads to what is there', () => {
    const links = [...proseOf(path).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    expect(links.flatMap((link) => flawOf(link, path) ?? [])).toEqual([]);
  });
});

/** What stands behind `../` is an import, and the compiler looks for it. */
const FILE =
  /(?<![\w./-])(?:docs|engine|functions|infra|scenarios|test)\/[\w./-]*\.(?:ts|mjs|yml|json|md)\b/g;

test('a comment or a message names a file that is there', () => {
  const sources = files(
    'console',
    'engine',
    'functions',
    'infra',
    'scenarios',
    '*.yml',
    '*.json',
    '*.mjs',
    '*.md',
  );
  const gone = sources.flatMap((path) =>
    [...read(path).matchAll(FILE)].flatMap(([name]) =>
      existsSync(join(projectDir, name)) ? [] : [`${path} names ${name}`],
    ),
  );
  expect(gone).toEqual([]);
});

test('the README has at most 180 lines, and docs/ at most 900', () => {
  expect(linesOf('README.md')).toBeLessThanOrEqual(180);
  const pages = documents.filter((path) => path.startsWith('docs/'));
  expect(pages.reduce((sum, path) => sum + linesOf(path), 0)).toBeLessThanOrEqual(900);
});
