import { expect, it } from 'vitest';
import { proxyFor } from '../../proxy-rules.ts';
import { redact } from '../../redact.ts';
import { readProxy } from './read-proxy.ts';

const ONE = 'http://one.example:3128';

it('a flag is for all connections, variables for those of their scheme', () => {
  const all = readProxy({ proxy: ONE }, { https_proxy: 'http://two.example' });
  expect(all).toEqual({ plain: `${ONE}/`, secure: `${ONE}/`, direct: [] });
  const variables = { HTTP_PROXY: 'one.example:3128', https_proxy: 'https://two.example' };
  expect(readProxy({}, variables)).toMatchObject({ plain: `${ONE}/`, secure: 'https://two.example/' });
  expect(readProxy({}, { HTTPS_PROXY: ONE })).toMatchObject({ plain: null, secure: `${ONE}/` });
  expect(readProxy({}, {})).toBeUndefined();
  expect(readProxy({}, { https_proxy: '' })).toBeUndefined();
  expect(readProxy({ proxy: 'off' }, variables)).toBeUndefined();
});

it('no variable leads past this machine through a proxy, but the flag does', () => {
  const ofVariables = readProxy({}, { http_proxy: ONE, NO_PROXY: '.intern, 10.0.0.0/8' });
  const ofFlag = readProxy({ proxy: ONE }, { no_proxy: '.intern' });
  for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '::1']) {
    expect(proxyFor(ofVariables, host, 80, false)).toBeNull();
    expect(proxyFor(ofFlag, host, 80, false)).toBe(`${ONE}/`);
  }
  for (const rules of [ofVariables, ofFlag]) expect(proxyFor(rules, 'chat.intern', 80, false)).toBeNull();
  expect(proxyFor(ofVariables, '10.9.9.9', 80, false)).toBeNull();
});

it('what is no address of a proxy is refused by its name, and without its password', () => {
  expect(() => readProxy({ proxy: 'socks5://u:pr0xy-key-1@h:1' }, {})).toThrow(
    '--proxy socks5://***@h:1: expected the address of a proxy',
  );
  expect(() => readProxy({}, { https_proxy: 'ftp://h' })).toThrow('https_proxy=ftp://h: expected the address');
  readProxy({ proxy: 'http://u:pr0xy-key-2@h:1' }, {});
  expect(redact('it said pr0xy-key-2')).toBe('it said ***');
});
