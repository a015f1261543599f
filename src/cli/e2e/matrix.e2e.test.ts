import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readExperiment } from '../../result/experiment-file.ts';
import { readResult } from '../../result/result-file.ts';
import { runChatbench } from '../../testing/run-chatbench.ts';

const out = mkdtempSync(join(tmpdir(), 'chatbench-matrix-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

describe.each(['embedded', 'local'])('a matrix of topologies on %s', (target) => {
  it('measures one schedule on each of them and lays them side by side', async () => {
    const place = join(out, target);
    const { code, stdout, stderr } = await runChatbench([
      ...['matrix', 'burst', '--topology', 'worker,pubsub,fanout', '--target', target, '--seed', '7'],
      ...['--rate', '50', '--duration', '2s', '--warmup', '500ms', '--out', place],
    ]);
    // 4 and 5 are for a machine too busy to be fast; what they must never hide is looked at below.
    expect([0, 4, 5], stderr).toContain(code);
    const topologies = ['worker', 'pubsub', 'fanout'];
    const directory = join(place, 'latest');
    const experiment = await readExperiment(directory);
    expect(experiment).toMatchObject({ kind: 'matrix', varied: null, variedFlags: ['--topology'], targetLost: null });
    expect(experiment.target).toMatchObject({ kind: target, topology: null });
    expect(experiment.steps.map(({ label }) => label)).toEqual(topologies.map((name) => `topology=${name}`));
    const results = await Promise.all(experiment.steps.map((step) => readResult(join(directory, step.directory))));
    expect(results.map((result) => result.target.topology)).toEqual(topologies);
    for (const { scenario, samples } of results) {
      expect(scenario.seed).toBe(7);
      expect(samples.ledger).toMatchObject({ planned: 100, expected: samples.ledger.sent, lost: 0, misrouted: 0 });
      expect(samples.ledger.once).toBeGreaterThan(0);
    }
    expect(stdout).toContain('MATRIX');
    for (const name of topologies) expect(stdout).toContain(`topology=${name}`);
    expect(existsSync(join(directory, 'report.html'))).toBe(true);
  });
});
