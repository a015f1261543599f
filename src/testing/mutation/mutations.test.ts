import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { KNOWN_SURVIVORS, MUTATIONS } from './mutations.ts';

it('has enough of them over the four folders', () => {
  for (const folder of ['plan', 'record', 'generator', 'gate']) {
    expect(MUTATIONS.filter(({ file }) => file.startsWith(`src/${folder}/`)).length).toBeGreaterThanOrEqual(9);
  }
});

it('explains only what there is', () => {
  for (const { file, from } of KNOWN_SURVIVORS) {
    expect(MUTATIONS.some((mutation) => mutation.file === file && mutation.from === from)).toBe(true);
  }
});

it('changes what stands in its file once: anything else would change nothing, or something else', () => {
  const stale = MUTATIONS.filter(({ file, from }) => {
    const text = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
    return text.split(from).length !== 2;
  });
  expect(stale.map(({ file, from }) => `${file}: ${from}`)).toEqual([]);
});
