import { expect, it } from 'vitest';
import { DIAGNOSIS_CODES } from '../../diagnosis/diagnosis.ts';
import { MEANINGS } from '../../diagnosis/meanings.ts';
import { runCommand } from '../../testing/run-command.ts';

it.each(DIAGNOSIS_CODES)('tells what %s means, how it is found, and what helps', async (code) => {
  const { exitCode, stdout } = await runCommand(['explain', code]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(new RegExp(`^${code} .*\\n(.*\\n)*found by .*\\n(.*\\n)*helps `));
  // The whole of it, however its lines are broken.
  const { means, found, helps } = MEANINGS[code];
  const words = stdout.replace(/\s+/g, ' ');
  for (const text of [means, found, helps]) expect(words).toContain(text);
});

it('lists all findings without a name', async () => {
  const all = (await runCommand(['explain'])).stdout;
  for (const code of DIAGNOSIS_CODES) expect(all).toMatch(new RegExp(`^${code} `, 'm'));
});

it('suggests the finding that was meant', async () => {
  const { exitCode, stderr } = await runCommand(['explain', 'satured']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('unknown finding "satured", did you mean "saturated"?');
});
