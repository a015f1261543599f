import { afterEach, expect, it, vi } from 'vitest';
import { ChatbenchError } from '../errors.ts';
import { printError } from './print-error.ts';

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
