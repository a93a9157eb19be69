import { SourceMap } from 'node:module';
import { dirname, join, relative } from 'node:path';
import type { Bundling } from './bundle.ts';

/** A place in a bundle, as stack traces name it: `/var/task/functions/order/place.cjs:21:4711`. */
const PLACE = /[^\s("'\\]+\.cjs:\d+:\d+/g;

/**
 * A text in which places in the source stand for those in bundles. `maps`: by the bundle's path. What no map knows stays
 * as it is.
 */
export function withSourcePositions(
  text: string,
  maps: ReadonlyMap<string, string>,
  { projectDir, outputDir }: Omit<Bundling, 'handlers'>,
): string {
  return text.replaceAll(PLACE, (place) => {
    const [, file = '', line, column] = /^(.+):(\d+):(\d+)$/.exec(place) ?? [];
    const [bundle, map] = [...maps].find(([path]) => `/${file}`.endsWith(`/${path}`)) ?? [];
    if (bundle === undefined || map === undefined) return place;
    const origin = new SourceMap(JSON.parse(map)).findOrigin(Number(line), Number(column));
    if (!('fileName' in origin)) return place;
    const source = relative(projectDir, join(outputDir, dirname(bundle), origin.fileName));
    return `${source}:${origin.lineNumber}:${origin.columnNumber}`;
  });
}
