import { expect, it } from 'vitest';
import { readBenchOptions } from './read-bench-options.ts';

it('measures with what is known, and tells its usage otherwise', () => {
  expect(readBenchOptions([])).toEqual({ withDocs: false, withArtillery: true });
  expect(readBenchOptions(['--no-artillery', '--docs'])).toEqual({ withDocs: true, withArtillery: false });
  expect(readBenchOptions(['--docs', '--help'])).toMatchObject({
    exitCode: 0,
    text: expect.stringMatching(/^usage: /),
  });
  expect(readBenchOptions(['--dosc'])).toEqual({
    exitCode: 2,
    text: 'error: unknown argument "--dosc"; usage: npm run bench -- [--docs] [--no-artillery]',
  });
});
