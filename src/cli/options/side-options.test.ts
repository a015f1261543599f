import { Command } from 'commander';
import { expect, it } from 'vitest';
import { defineRunOptions, type RunOptions } from './run-options.ts';
import { readSideOptions } from './side-options.ts';

const common = defineRunOptions(new Command())
  .parse(['--rate', '500', '--target', 'embedded', '--repeat', '7'], { from: 'user' })
  .opts<RunOptions>();

it.each([
  ['local', { target: 'local', rate: '500', repeat: 7 }],
  ['ws://127.0.0.1:8080/', { target: 'ws://127.0.0.1:8080/' }],
  ['--workers 4', { target: 'embedded', workers: '4' }],
  [`local --threshold 'delivery.p95 < 1s'`, { target: 'local', threshold: ['delivery.p95 < 1s'] }],
])('%s', (line, options) => expect(readSideOptions('--base', line, common)).toMatchObject(options));

it.each([
  ["local '--workers", `--head "local '--workers": a quote is left open, expected a target or flags of run`],
  ['  ', '--head "  ": nothing is said, expected a target or flags of run'],
  ['--max-steal 5%', '--head: --max-steal is for both sides, expected it outside of --head'],
  ['--prometheus :9464', '--head: --prometheus is for both sides, expected it outside of --head'],
  ['--repeat 5', '--head: --repeat is for both sides, expected it outside of --head'],
])('refuses %s', (line, problem) => expect(() => readSideOptions('--head', line, common)).toThrow(problem));
