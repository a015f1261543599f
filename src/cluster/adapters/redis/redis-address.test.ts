import { expect, test } from 'vitest';
import { listSentinels, REDIS_SCHEMES, readRedisOptions } from './redis-address.ts';

test('an address of Redis itself says nothing more', () => {
  for (const url of ['redis://u:p@127.0.0.1:6380/2', 'rediss://redis']) {
    expect([readRedisOptions(url), listSentinels(url)]).toEqual([{}, []]);
  }
});

test('an address of Sentinels names all of them, the master, and how it is spoken to', () => {
  const url = 'redis+sentinel://u:p%40ss@s1/chat/3?sentinel=s2:26380&sentinel=[::1]:5&sentinelPassword=q';
  expect(readRedisOptions(url)).toEqual({
    sentinels: [
      { host: 's1', port: 26_379 },
      { host: 's2', port: 26_380 },
      { host: '::1', port: 5 },
    ],
    name: 'chat',
    username: 'u',
    password: 'p@ss',
    db: 3,
    sentinelPassword: 'q',
    reconnectOnError: expect.any(Function),
  });
  expect(readRedisOptions('rediss+sentinel://s1/m')).toMatchObject({ tls: {}, enableTLSForSentinelMode: true });
});

test('who was the master and is no more is left, and what it refused is written again', () => {
  const { reconnectOnError } = readRedisOptions('redis+sentinel://s1/m');
  expect(reconnectOnError?.(new Error("READONLY You can't write against a read only replica."))).toBe(2);
  expect(reconnectOnError?.(new Error('ERR no such key'))).toBe(false);
});

test('an address of Sentinels without a master is refused', () => {
  expect(() => readRedisOptions('redis+sentinel://s1')).toThrow('expected the name of the master');
});

test.each([
  ['redis', true],
  ['rediss', true],
  ['redis+sentinel', true],
  ['http', false],
  ['redis+cluster', false],
])('%s is a scheme of it: %s', (scheme, is) => {
  expect(REDIS_SCHEMES.test(scheme)).toBe(is);
});
