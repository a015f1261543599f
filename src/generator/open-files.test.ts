import { expect, it } from 'vitest';
import { countOpenFiles, readOpenFilesLimit, readResidentBytes } from './open-files.ts';

const outOfFiles = (): never => {
  throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
};

it.runIf(process.platform === 'linux')('are counted where the system tells', () => {
  expect(readOpenFilesLimit()).toBeGreaterThan(100);
  expect(countOpenFiles(null)).toBeGreaterThan(3);
});

it('are all open where there is none left to count them by, and memory is told all the same', () => {
  expect(countOpenFiles(300, outOfFiles)).toBe(300);
  expect(readResidentBytes(outOfFiles)).toBeGreaterThan(10_000_000);
});
