import { readFileSync } from 'node:fs';
import { expect, it, test } from 'vitest';
import { explainOldNode, isOlder } from './check-node.ts';

test.each([
  ['22.0.0', '22.19', true],
  ['22.18.9', '22.19', true],
  ['22.19.0', '22.19', false],
  ['22.20.1', '22.19', false],
  ['24.0.0', '22.19', false],
  ['20.20.2', '22.19', true],
  ['9.99.99', '22.19', true],
  ['22.19.0-nightly2026', '22.19', false],
])('%s is older than %s: %s', (version, than, older) => {
  expect(isOlder(version, than)).toBe(older);
});

it('needs what the package says that it needs', () => {
  const { engines } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const needed = /^>=(\d+\.\d+)$/.exec(engines.node)?.[1];
  expect(explainOldNode(`${needed}.0`)).toBeNull();
  expect(explainOldNode('22.0.0')).toEqual([
    `chatbench needs Node ${needed} or newer, this is 22.0.0`,
    'after `npm ci`, `npx chatbench` brings its own',
  ]);
});
