import { afterEach, expect, it, vi } from 'vitest';
import { ChatbenchError } from '../errors.ts';
import { answerWithError, printError } from './print-error.ts';

const written: string[] = [];
vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
  written.push(String(text));
  return true;
});
afterEach(() => {
  written.length = 0;
});

it('tells what the operator can mend in a line for each problem and one for the hint, without a stack', () => {
  const error = new ChatbenchError('target-unavailable', 'redis: not found\nnginx: not found', {
    hint: 'install them',
  });
  expect(printError(error)).toBe(3);
  expect(written.join('')).toBe('error: redis: not found\nerror: nginx: not found\nhint: install them\n');
});

it('tells a bug with its stack, and ends with 1', () => {
  expect(printError(new TypeError('x is not a function'))).toBe(1);
  expect(written.join('')).toMatch(/^internal error, a bug in chatbench: TypeError: x is not a function\n {4}at /);
});

it('tells even what is no error at all', () => {
  expect(printError('thrown text')).toBe(1);
  expect(written.join('')).toBe('internal error, a bug in chatbench: thrown text\n');
});

it('answers in JSON with an error of the operator, a bug, or nothing at all', () => {
  const answers: string[] = [];
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => answers.push(String(text)) > 0);
  answerWithError(new ChatbenchError('usage', 'no such flag', { hint: 'see --help' }));
  answerWithError(new TypeError('x is not a function'));
  answerWithError(null);
  stdout.mockRestore();
  expect(answers.map((text) => JSON.parse(text))).toEqual([
    { error: { code: 'usage', message: 'no such flag', hint: 'see --help' } },
    { error: { code: 'internal', message: 'x is not a function', hint: expect.stringContaining('report it') } },
    { error: { code: 'interrupted', message: 'ended before anything was measured', hint: null } },
  ]);
});
