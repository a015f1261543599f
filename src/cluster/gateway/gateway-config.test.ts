import { expect, test } from 'vitest';
import { isName } from '../wire/names.ts';
import { gatewayConfig } from './gateway-config.ts';

const config = { host: '127.0.0.1', port: 0, redisUrl: 'redis://127.0.0.1:6379', partitions: 1 };

test('the longest id still makes names of the keys of its connections', () => {
  const longest = 'g'.repeat(96);
  expect(gatewayConfig.safeParse({ ...config, id: longest }).success).toBe(true);
  expect(gatewayConfig.safeParse({ ...config, id: `${longest}g` }).success).toBe(false);
  expect(isName(`${longest}.0123abcd.${Number.MAX_SAFE_INTEGER}`)).toBe(true);
});

test.each(['a,b', 'a b', ''])('"%s" is no id', (id) => {
  expect(gatewayConfig.safeParse({ ...config, id }).success).toBe(false);
});
