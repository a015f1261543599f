import { expect, it } from 'vitest';
import { readBenchOptions } from './read-bench-options.ts';

it('measures with what is known, and tells its usage otherwise', () => {
  expect(readBenchOptions([])).toEqual({ withDocs: false, withArtillery: true, onlyAgents: false });
  expect(readBenchOptions(['--no-artillery', '--docs'])).toEqual({
    withDocs: true,
    withArtillery: false,
    onlyAgents: false,
  });
  expect(readBenchOptions(['--only-agents'])).toMatchObject({ onlyAgents: true });
  expect(readBenchOptions(['--only-agents', '--docs'])).toMatchObject({ exitCode: 2 });
  expect(readBenchOptions(['--docs', '--help'])).toMatchObject({
    exitCode: 0,
    text: expect.stringMatching(/^usage: /),
  });
  expect(readBenchOptions(['--dosc'])).toEqual({
    exitCode: 2,
    text: 'error: unknown argument "--dosc"; usage: npm run bench -- [--docs] [--no-artillery] [--only-agents]',
  });
});
