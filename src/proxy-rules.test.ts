import { expect, it } from 'vitest';
import { proxyFor } from './proxy-rules.ts';

const PROXY = 'http://proxy.example:3128/';

it.each([
  ['*', 'chat.example', 443, true],
  ['chat.example', 'chat.example', 443, true],
  ['CHAT.example', 'chat.Example', 443, true],
  ['chat.example', 'a.chat.example', 443, true],
  ['.example', 'chat.example', 80, true],
  ['*.example', 'chat.example', 80, true],
  ['chat.example', 'mychat.example', 443, false],
  ['chat.example', 'chat.example.org', 443, false],
  ['chat.example:8443', 'chat.example', 8443, true],
  ['chat.example:8443', 'chat.example', 443, false],
  ['10.1.2.3', '10.1.2.3', 80, true],
  ['2.3', '10.1.2.3', 80, false],
  ['10.0.0.0/8', '10.1.2.3', 80, true],
  ['10.0.0.0/8', '11.1.2.3', 80, false],
  ['10.0.0.0/8', 'chat.example', 80, false],
  ['10.0.0.0/99', '10.1.2.3', 80, false],
  ['fd00::/8', 'fd12::1', 80, true],
  ['::1', '::1', 80, true],
  ['0:0::1', '::1', 80, true],
  ['::1', '127.0.0.1', 80, false],
  ['[::1]:80', '::1', 80, true],
  ['', 'chat.example', 80, false],
])('NO_PROXY=%s: %s at port %i goes directly: %s', (entry, host, port, isDirect) => {
  const rules = { plain: PROXY, secure: PROXY, direct: [entry] };
  expect(proxyFor(rules, host, port, true)).toBe(isDirect ? null : PROXY);
});

it('schemes have proxies of their own, or none', () => {
  const rules = { plain: null, secure: PROXY, direct: [] };
  expect([true, false].map((isSecure) => proxyFor(rules, 'chat.example', 1, isSecure))).toEqual([PROXY, null]);
  expect(proxyFor(undefined, 'chat.example', 1, true)).toBeNull();
});
