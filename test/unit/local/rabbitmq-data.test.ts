import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findInstalledServer } from '../../../infra/local/rabbitmq/installed.ts';
import { plainPathTo, removePlainPath } from '../../../infra/local/rabbitmq/plain-path.ts';
import { nodeHomeOf, noticeOfOtherSeries, seriesOf } from '../../../infra/local/rabbitmq/series.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'order-saga-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the series of an installed server', () => {
  const install = (script: string): string => {
    mkdirSync(dirname(join(folder, script)), { recursive: true });
    writeFileSync(join(folder, script), '');
    return join(folder, script);
  };

  test.each([
    ['lib/rabbitmq_server-3.10.8/sbin/rabbitmq-server', '3.10'],
    ['Cellar/rabbitmq/4.0.2/sbin/rabbitmq-server', '4.0'],
  ])('stands in its real path: %s', (script, series) => {
    const link = join(folder, 'rabbitmq-server');
    symlinkSync(install(script), link);
    expect(seriesOf(link)).toBe(series);
  });

  test.each(['rabbit-4.2.9', 'rabbit-4.2.9.ez'])('or in the name of its core plugin: %s', (plugin) => {
    mkdirSync(join(folder, 'opt/plugins', plugin), { recursive: true });
    mkdirSync(join(folder, 'opt/plugins/rabbit_common-1.1.1'));
    expect(seriesOf(install('opt/sbin/rabbitmq-server'))).toBe('4.2');
  });

  // Fails where the first one that is found is taken, or where 9 counts as more than 10.
  test('decides which of several is used: the newest', () => {
    const folders = ['99.9.2', '99.10.1', '99.1.7'].map((version) =>
      dirname(install(`rabbitmq_server-${version}/sbin/rabbitmq-server`)),
    );
    expect(findInstalledServer({ PATH: [folder, ...folders].join(':') })).toBe(
      join(folders[1] ?? '', 'rabbitmq-server'),
    );
  });

  test('is unknown where nothing says it', () => {
    expect(seriesOf(install('opt/sbin/rabbitmq-server'))).toBe('unknown');
  });
});

describe('the data of another series', () => {
  const withData = (home: string) => mkdirSync(join(home, 'mnesia'), { recursive: true });

  test('is mentioned before the first start of this one, and not again', () => {
    withData(nodeHomeOf(folder, '3.10'));
    expect(noticeOfOtherSeries(folder, '4.0')).toBe(
      `RabbitMQ 4.0 starts with empty queues. Dead letters of another RabbitMQ stay in ${folder}/rabbitmq/3.10. The schedule continues the orders under way.`,
    );
    expect(noticeOfOtherSeries(folder, '3.10')).toBeUndefined();
    withData(nodeHomeOf(folder, '4.0'));
    expect(noticeOfOtherSeries(folder, '4.0')).toBeUndefined();
  });

  test('is also found where it was kept before there was a folder for each', () => {
    withData(join(folder, 'rabbitmq'));
    expect(noticeOfOtherSeries(folder, '4.0')).toContain(`stay in ${folder}/rabbitmq.`);
  });

  test('is not mentioned where there is none', () => {
    mkdirSync(nodeHomeOf(folder, '3.10'), { recursive: true });
    expect(noticeOfOtherSeries(folder, '4.0')).toBeUndefined();
  });
});

describe('a path that RabbitMQ can use', () => {
  test('is the folder’s own if that is plain', () => {
    expect(plainPathTo('/home/alice/order-saga_2/.local/rabbitmq/3.10')).toBe(
      '/home/alice/order-saga_2/.local/rabbitmq/3.10',
    );
  });

  test.each([' ', '#', "'", '"', '%', 'ü', '$', '\\'])('is a link for a folder with %j', (character) => {
    const odd = join(folder, `a${character}b`);
    mkdirSync(odd);
    const link = plainPathTo(odd);
    try {
      expect(link).toMatch(/^[\w./-]+$/);
      expect(realpathSync(link)).toBe(odd);
      expect(plainPathTo(odd)).toBe(link);
    } finally {
      removePlainPath(odd);
    }
    expect(() => realpathSync(link)).toThrow('ENOENT');
  });

  test('is never a link that leads elsewhere', () => {
    const odd = join(folder, 'a b');
    mkdirSync(odd);
    const link = plainPathTo(odd);
    rmSync(link);
    symlinkSync(folder, link);
    try {
      expect(() => plainPathTo(odd)).toThrow(`${link} is in the way. Delete it, then start again.`);
      removePlainPath(odd);
      expect(realpathSync(link)).toBe(folder);
    } finally {
      rmSync(link);
    }
  });
});
