import { expect, it } from 'vitest';
import { showsUnicode, toAscii } from './to-ascii.ts';

it('keeps what is ASCII, control sequences included, and shows the rest by its likeness, sign for sign', () => {
  expect(toAscii('\u001b[1m ✓ p95 ≤ 850 µs\u001b[22m')).toBe('\u001b[1m + p95 < 850 us\u001b[22m');
  expect(toAscii(' 4┤ ╭╮…')).toBe(' 4| ++~');
  expect(toAscii('聊天 🙂')).toBe('?? ?');
});

it.each([
  [true, 'linux', {}],
  [true, 'linux', { LANG: 'en_US.UTF-8' }],
  [true, 'darwin', { LC_CTYPE: 'UTF-8' }],
  [true, 'linux', { LC_ALL: 'C.utf8', LANG: 'C' }],
  [false, 'linux', { LC_ALL: 'C', LANG: 'en_US.UTF-8' }],
  [false, 'linux', { LANG: 'de_DE.ISO-8859-1' }],
  [false, 'linux', { TERM: 'linux', LANG: 'en_US.UTF-8' }],
  [false, 'win32', {}],
  [true, 'win32', { WT_SESSION: 'a' }],
  [true, 'win32', { TERM_PROGRAM: 'vscode' }],
] as const)('%s on %s with %j', (expected, platform, env) => {
  expect(showsUnicode(env, platform)).toBe(expected);
});
