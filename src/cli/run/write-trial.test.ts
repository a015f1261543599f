import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildVerdictFixture } from '../../testing/result-fixture.ts';
import { smallResult } from '../../testing/small-result.ts';
import type { RunOptions } from '../options/run-options.ts';
import { tellProgress } from './tell-progress.ts';
import { writeTrial } from './write-trial.ts';

it('tells in one line that a run cannot be written where its directory has gone, and hides it behind nothing', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'chatbench-write-'));
  const place = join(parent, 'gone');
  writeFileSync(place, '');
  const trial = { result: smallResult(), verdict: buildVerdictFixture(), failure: null };
  await expect(writeTrial(join(place, 'run'), trial, {} as RunOptions)).rejects.toMatchObject({
    code: 'output-unwritable',
    message: `${join(place, 'run')}: the run cannot be written there (ENOTDIR)`,
  });
  await tellProgress(join(place, 'run'), 'burst').close();
  rmSync(parent, { recursive: true });
});
