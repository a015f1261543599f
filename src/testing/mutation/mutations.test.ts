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
