import { expect, it } from 'vitest';
import { buildResultFixture } from '../testing/result-fixture.ts';
import { reproduceCommand } from './reproduce-command.ts';

it('adds the seed that the run drew', () => {
  expect(reproduceCommand(buildResultFixture())).toBe('npx chatbench run burst --rate 1200 --target local --seed 42');
});

it('keeps a seed that was given', () => {
  const command = ['run', 'burst', '--seed=7'];
  expect(reproduceCommand(buildResultFixture({ command }))).toBe('npx chatbench run burst --seed=7');
});

it('quotes what a shell would take apart', () => {
  const command = ['run', 'burst', '--seed', '7', '--threshold', 'delivery.p95 < 1us', '--out', "it's $HOME"];
  expect(reproduceCommand(buildResultFixture({ command }))).toBe(
    `npx chatbench run burst --seed 7 --threshold 'delivery.p95 < 1us' --out 'it'\\''s $HOME'`,
  );
});
