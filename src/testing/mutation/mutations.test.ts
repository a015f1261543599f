import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { KNOWN_SURVIVORS, MUTATIONS } from './mutations.ts';

it.each(MUTATIONS)('what is changed stands in $file once: $from', ({ file, from, to }) => {
  expect(readFileSync(file, 'utf8').split(from)).toHaveLength(2);
  expect(to).not.toBe(from);
});

it('has enough of them over the four folders', () => {
  for (const folder of ['plan', 'record', 'generator', 'gate']) {
    expect(MUTATIONS.filter(({ file }) => file.startsWith(`src/${folder}/`)).length).toBeGreaterThanOrEqual(10);
  }
});

it('explains only what there is', () => {
  for (const { file, from } of KNOWN_SURVIVORS) {
    expect(MUTATIONS.some((mutation) => mutation.file === file && mutation.from === from)).toBe(true);
  }
});
