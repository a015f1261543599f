import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { listDescendants } from '../../launch/supervision/process-identity.ts';
import { EXPERIMENT_FILE, readExperiment } from '../../result/experiment-file.ts';
import { type Chatbench, startChatbench } from '../../testing/run-chatbench.ts';

const out = mkdtempSync(join(tmpdir(), 'chatbench-lost-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** The process that holds the embedded cluster. */
function findTarget({ child }: Chatbench): number {
  const holders = listDescendants(child.pid!).filter(({ pid }) =>
    readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('embedded-process'),
  );
  expect(holders).toHaveLength(1);
  return holders[0]!.pid;
}

const COMMON = ['--target', 'embedded', '--duration', '3s', '--warmup', '500ms', '--no-tui'];

describe('a target that dies in the second step', () => {
  it('ends an experiment with exit 3 and one error, after its result and report are written', async () => {
    const run = startChatbench(['run', 'users', '--quick', ...COMMON, '--out', join(out, 'sweep')]);
    await run.sees('step 2 of ');
    await run.sees('measure', run.stderr().indexOf('step 2 of '));
    process.kill(findTarget(run), 'SIGKILL');
    expect(await run.ended, run.stderr()).toBe(3);
    expect(run.stderr().match(/^error: .*/gm)).toEqual([
      'error: embedded cluster of the target: was killed by SIGKILL',
    ]);
    expect(run.stdout()).toContain('SWEEP');
    const experiment = await readExperiment(join(out, 'sweep', 'latest'));
    const [whole, cut, ...others] = experiment.steps;
    expect(others).toEqual([]);
    expect(whole?.figures).toMatchObject({ lost: 0, deliveredPerSecond: expect.any(Number) });
    expect(cut?.verdict).toBe('invalid');
    expect(experiment.targetLost?.step).toBe(cut?.label);
    expect(experiment.targetLost?.reason).toBe('embedded cluster of the target: was killed by SIGKILL');
    expect(readdirSync(join(out, 'sweep', 'latest'))).toEqual(expect.arrayContaining([EXPERIMENT_FILE, 'report.html']));
  });

  it('ends a matrix likewise, after the other combinations have been measured', async () => {
    const args = ['matrix', 'burst', '--quick', ...COMMON, '--topology', 'worker,pubsub,pattern'];
    const run = startChatbench([...args, '--out', join(out, 'matrix'), '--json']);
    await run.sees('step 2 of ');
    await run.sees('measure', run.stderr().indexOf('step 2 of '));
    process.kill(findTarget(run), 'SIGKILL');
    expect(await run.ended, run.stderr()).toBe(3);
    const experiment = await readExperiment(join(out, 'matrix', 'latest'));
    expect(experiment.steps.map(({ label }) => label)).toEqual([
      'topology=worker',
      'topology=pubsub',
      'topology=pattern',
    ]);
    expect(experiment.targetLost?.step).toBe('topology=pubsub');
    expect(JSON.parse(run.stdout())).toEqual(experiment);
  });
});
