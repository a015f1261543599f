import { expect, it } from 'vitest';
import { runInProcess } from '../testing/run-in-process.ts';
import { layRows } from './rows.ts';

it('leaves two blanks after the longest name, and wraps what does not fit', () => {
  const rows = [
    { name: 'p95', texts: ['short', 'a second'] },
    { name: 'limiter', texts: ['far more than fits beside the name'] },
  ];
  expect(layRows(rows, 30).split('\n')).toEqual([
    'p95      short',
    '         a second',
    'limiter  far more than fits',
    '         beside the name',
  ]);
});

it.each([[['metrics']], [['scenarios']], [['help', 'exit-codes']]])(
  'chatbench %j fits 80 columns where there is no terminal',
  async (args) => {
    const { stdout } = await runInProcess(args);
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  },
);
