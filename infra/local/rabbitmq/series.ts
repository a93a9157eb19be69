import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

const folderOf = (dataDir: string): string => join(dataDir, 'rabbitmq');
/** RabbitMQ keeps its database below this. */
const database = 'mnesia';

/**
 * The release series of an installed server, such as `3.10`. Its real path names the release (Debian, Homebrew and the
 * archives of rabbitmq.com do that), or else the folder of its plugins does.
 */
export function seriesOf(serverScript: string): string {
  const script = realpathSync(serverScript);
  const plugins = join(dirname(script), '../plugins');
  const core = (existsSync(plugins) ? readdirSync(plugins) : []).find((name) => /^rabbit-\d/.test(name));
  for (const name of [script, core ?? '']) {
    const [, series] = /[-/_](\d+\.\d+)\.\d+/.exec(name) ?? [];
    if (series !== undefined) return series;
  }
  return 'unknown';
}

/**
 * Where a node of this series keeps its data. A folder for each series, since another series may refuse the data, as 4.0
 * does with that of 3.10. https://www.rabbitmq.com/docs/upgrade#rabbitmq-version-upgradability
 */
export const nodeHomeOf = (dataDir: string, series: string): string => join(folderOf(dataDir), series);

/** The data of every series that has some. */
export const nodeHomesIn = (dataDir: string): readonly string[] =>
  (existsSync(folderOf(dataDir)) ? readdirSync(folderOf(dataDir)) : []).map((series) =>
    nodeHomeOf(dataDir, series),
  );

/** What to tell a person whose data another series has: once, before the first start of this one. */
export function noticeOfOtherSeries(dataDir: string, series: string): string | undefined {
  const hasData = (home: string) => existsSync(join(home, database));
  if (hasData(nodeHomeOf(dataDir, series))) return undefined;
  // An earlier version of this project had the database in the folder itself.
  const others = [folderOf(dataDir), ...nodeHomesIn(dataDir)].filter(hasData);
  if (others.length === 0) return undefined;
  return `RabbitMQ ${series} starts with empty queues. Dead letters of another RabbitMQ stay in ${others.join(', ')}. The schedule continues the orders under way.`;
}
