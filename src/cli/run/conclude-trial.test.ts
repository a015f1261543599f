import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildVerdictFixture } from '../../testing/result-fixture.ts';
import { smallResult } from '../../testing/small-result.ts';
import type { RunOptions } from '../options/run-options.ts';
import { concludeTrial } from './conclude-trial.ts';
import { keepResult } from './keep-result.ts';
import { tellProgress } from './tell-progress.ts';

let parent = '';
let told = { out: '', error: '' };
const keep = (stream: 'out' | 'error', text: unknown) => {
  told[stream] += text;
  return true;
};
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'chatbench-conclude-'));
  told = { out: '', error: '' };
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => keep('out', text));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => keep('error', text));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(parent, { recursive: true });
});

const OPTIONS = { json: true, quiet: false, report: true, format: ['html', 'csv'] } as unknown as RunOptions;
const result = smallResult();

async function conclude(directory: string) {
  const kept = await keepResult(directory, result);
  const trial = { result, verdict: buildVerdictFixture(), failure: null, ...kept };
  return concludeTrial(
    trial,
    { id: 'x', runId: 'x', path: directory },
    { options: OPTIONS, view: { close() {} } as never },
  );
}

describe('the end of a run', () => {
  it('tells the verdict although a report cannot be written, and leaves no half of a file', async () => {
    const directory = join(parent, 'run');
    // What is in the way of one report is not in the way of the next.
    mkdirSync(join(directory, 'report.html', 'in-the-way'), { recursive: true });
    expect(await conclude(directory)).toBe(0);
    expect(JSON.parse(told.out)).toMatchObject({ verdict: 'pass', exitCode: 0 });
    expect(told.error).toMatch(/^warning: report\.html could not be written \(E[A-Z]+\)\n$/);
    expect(readdirSync(directory).sort()).toEqual(['report.html', 'result.json', 'series.csv']);
    expect(existsSync(join(parent, 'latest'))).toBe(true);
  });

  it('tells the verdict although not even the result can be written, and ends with that', async () => {
    const place = join(parent, 'gone');
    writeFileSync(place, '');
    await expect(conclude(join(place, 'run'))).rejects.toMatchObject({
      code: 'output-unwritable',
      message: expect.stringMatching(/gone\/run: the result cannot be written there \((ENOTDIR|EEXIST)\)$/),
    });
    expect(JSON.parse(told.out)).toMatchObject({ verdict: 'pass' });
    await tellProgress(join(place, 'run'), 'burst').close();
  });
});
