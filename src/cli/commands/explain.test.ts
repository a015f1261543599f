import { expect, it } from 'vitest';
import { DIAGNOSIS_CODES } from '../../diagnosis/diagnosis.ts';
import { runCommand } from '../../testing/run-command.ts';

it('tells what a finding means, and lists all of them without a name', async () => {
  expect((await runCommand(['explain', 'saturated'])).stdout).toMatch(
    /^saturated .*\n(.*\n)*found by .*\n(.*\n)*helps /,
  );
  const all = (await runCommand(['explain'])).stdout;
  for (const code of DIAGNOSIS_CODES) expect(all).toMatch(new RegExp(`^${code} `, 'm'));
});

it('suggests the finding that was meant', async () => {
  const { exitCode, stderr } = await runCommand(['explain', 'satured']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('unknown finding "satured", did you mean "saturated"?');
});
