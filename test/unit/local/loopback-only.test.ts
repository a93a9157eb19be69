import { afterEach, expect, test, vi } from 'vitest';
import { forgetCloudAccount, loopbackOnly } from '../../../infra/local/loopback-only.ts';

afterEach(() => vi.unstubAllEnvs());

test('what talks to this machine only inherits no AWS settings and no proxy', () => {
  const developer = {
    ...{ AWS_PROFILE: 'work', AWS_USE_FIPS_ENDPOINT: 'true', AWS_CONFIG_FILE: '/home/alice/.aws/config' },
    ...{
      HTTP_PROXY: 'http://proxy:1',
      https_proxy: 'http://proxy:1',
      ALL_PROXY: 'x',
      NO_PROXY: 'y',
      proxy: 'z',
    },
    NODE_USE_ENV_PROXY: '1',
  };
  const own = { PATH: '/bin', HOME: '/home/alice', MY_PROXY_PORT: '1', NODE_OPTIONS: '--trace-warnings' };
  expect(loopbackOnly({ ...developer, ...own })).toEqual({
    ...own,
    ...{ AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' },
  });
});

test('this process forgets the AWS settings, too', () => {
  vi.stubEnv('AWS_USE_FIPS_ENDPOINT', 'true');
  vi.stubEnv('AWS_CONFIG_FILE', '/home/alice/.aws/config');
  vi.stubEnv('OTHER', 'kept');
  forgetCloudAccount();
  expect(process.env).not.toHaveProperty('AWS_USE_FIPS_ENDPOINT');
  expect(process.env).toMatchObject({ AWS_CONFIG_FILE: '/dev/null', OTHER: 'kept' });
});
