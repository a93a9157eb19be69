import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir } from '../../../infra/local/project.ts';

/** A row of the table in docs/operations.md. */
export interface Bound {
  readonly files: readonly string[];
  readonly calls: readonly string[];
  /** The figures in the column `limit`, in their order. */
  readonly limitsMs: readonly number[];
}

const read = (path: string): string => readFileSync(join(projectDir, path), 'utf8');
const all = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([, found = '']) => found);

export function boundsInDocument(): readonly Bound[] {
  const [, section = ''] =
    /^## Every call to the outside\n([\s\S]*?)^## /m.exec(read('docs/operations.md')) ?? [];
  return section
    .split('\n')
    .filter((line) => line.startsWith('| ') && line.includes(']('))
    .map((row) => {
      const [who = '', calls = '', limit = ''] = row.slice(2).split(' | ');
      return {
        files: all(who, /\]\(\.\.\/([^)]+)\)/g),
        calls: all(calls, /`([^`]+)`/g),
        limitsMs: all(limit, /(\d+) s\b/g).map((seconds) => 1_000 * Number(seconds)),
      };
    });
}

/** What ships, and the event source, which could. The rest of infra/ runs on a laptop only, before or beside the system. */
const SOURCES = [
  'engine/**/*.ts',
  'functions/**/*.ts',
  'infra/aws/**/*.ts',
  'infra/broker/**/*.ts',
  'infra/functions/**/*.ts',
  'infra/local/rabbitmq-event-source/**/*.ts',
];
/** It measures, and nothing imports it. */
const NO_PRODUCT = 'infra/local/rabbitmq-event-source/benchmark.ts';

/** What opens a way to the outside, and what is asked on one. An acknowledgement or a rejection has no answer. */
const CALLS = [
  /\b(new (?:[A-Z]\w*(?:Client|Exporter)|Stripe|WebSocket|EventSource))\(/g,
  /(?<![.\w])(fetch)\(/g,
  /\b(createRemoteJWKSet)\(/g,
  /\b(amqp\.connect)\(/g,
  /\b(?:\w*[cC]hannel|\w*[cC]onnection)\.(?!on\b|once\b|ack\b|nack\b|reject\b)(\w+)\(/g,
  /\.(create(?:Confirm)?Channel|(?:check|assert|bind|unbind)(?:Queue|Exchange)|waitForConfirms)\(/g,
  /from '(node:(?:net|tls|http|https|http2|dgram|dns)(?:\/promises)?)'/g,
];
const COMMENT = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$|^import type .*$/gm;

/** The calls to the outside in a text of code. */
export const callsIn = (code: string): ReadonlySet<string> => {
  const text = code.replaceAll(COMMENT, '');
  return new Set(CALLS.flatMap((pattern) => all(text, pattern)));
};

/** The calls to the outside in each file that makes any. */
export function callsInCode(): ReadonlyMap<string, ReadonlySet<string>> {
  const files = globSync(SOURCES, { cwd: projectDir }).filter(
    (path) => path !== NO_PRODUCT && !path.includes('node_modules'),
  );
  return new Map(
    files.map((path) => [path, callsIn(read(path))] as const).filter(([, calls]) => calls.size > 0),
  );
}
