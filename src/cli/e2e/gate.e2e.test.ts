import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { comparisonSchema } from '../../report/json/comparison-schema.ts';
import { readRepeatIndex, repeatIndex } from '../../result/repeat-index.ts';
import { readResult, writeResult } from '../../result/result-file.ts';
import { encodeValues } from '../../testing/encode-values.ts';
import { runChatbench } from '../../testing/run-chatbench.ts';

let out: string;
/** With room for the lateness of a busy machine: what is tested here is not how fast it is. */
let patient: string;
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'chatbench-gate-'));
  patient = join(out, 'patient.yaml');
  const burst = readFileSync(fileURLToPath(new URL('../../../scenarios/burst.yaml', import.meta.url)), 'utf8');
  writeFileSync(patient, burst.replace('delivery.p95 < 170ms', 'delivery.p95 < 30s').concat('lateness-budget: 30s\n'));
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** Nothing here is about latency: a machine that others disturb need not measure again. */
const SHORT = [
  '--rate',
  '200',
  '--duration',
  '1s',
  '--warmup',
  '200ms',
  '--target',
  'embedded',
  '--no-report',
  '--max-steal',
  '100%',
];

it('repeats on one target with fresh connections, and each trial is a run of its own', async () => {
  const directory = join(out, 'A');
  const { code, stdout, stderr } = await runChatbench(
    ['run', patient, ...SHORT, '--repeat', '3', '--out', directory, '--json'],
    out,
  );
  expect(code, stderr).toBe(0);
  const index = repeatIndex.parse(JSON.parse(stdout));
  expect(await readRepeatIndex(directory)).toEqual(index);
  expect(readdirSync(directory).sort()).toEqual(['repeat.json', 'trial-01', 'trial-02', 'trial-03']);
  expect(index.trials.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass']);
  const results = await Promise.all(index.trials.map((trial) => readResult(join(directory, trial.directory))));
  expect(new Set(results.map(({ id }) => id)).size).toBe(3);
  for (const { samples } of results) {
    expect(samples.connections).toMatchObject({ attempted: 50, opened: 50 });
    expect(samples.ledger).toMatchObject({ planned: 200, once: 200, lost: 0, misrouted: 0 });
  }
  // One target: the gateways' addresses stay.
  const addresses = results.map(({ samples }) => Object.keys(samples.connections.perEndpoint).sort());
  expect(addresses[1]).toEqual(addresses[0]);

  const again = await runChatbench(['run', patient, ...SHORT, '--repeat', '3', '--out', directory], out);
  expect(again).toMatchObject({ code: 2, stdout: '' });
  expect(again.stderr).toMatch(/^error: --out .*: holds trials already, expected a new directory\n/);
});

it('measures an invalid trial again, keeps it, and gives up where too many are', async () => {
  const strict = join(out, 'strict.yaml');
  writeFileSync(strict, readFileSync(patient, 'utf8').replace('lateness-budget: 30s', 'lateness-budget: 1us'));
  const directory = join(out, 'strict');
  const one = await runChatbench(['run', strict, ...SHORT, '--repeat', '2', '--out', directory, '--json'], out);
  expect(one.code, one.stderr).toBe(5);
  expect(one.stderr).toMatch(/^messages went out late: p99 .*: measured again\ntrial 1 of 2: 3rd attempt$/m);
  const { trials, setAside } = repeatIndex.parse(JSON.parse(one.stdout));
  // Of at most four, two could not be valid any more.
  expect([trials, setAside].map((list) => list.map((trial) => trial.directory))).toEqual([
    ['trial-01', 'trial-02'],
    ['trial-03'],
  ]);
  expect(setAside[0]!.reason).toMatch(/^messages went out late/);
  expect((await readResult(join(directory, 'trial-03'))).samples.ledger.once).toBe(200);

  const pairs = join(out, 'pairs');
  const sides = ['--base', 'embedded', '--head', 'embedded', '--repeat', '1', '--out', pairs];
  const two = await runChatbench(['ab', strict, ...SHORT, ...sides, '--json'], out);
  expect(two.code, two.stderr).toBe(5);
  expect(two.stderr).toContain('set aside: 1 of 2 pairs');
  for (const side of ['base', 'head']) {
    const index = (await readRepeatIndex(join(pairs, side)))!;
    expect([index.trials, index.setAside].map((list) => list.map((trial) => trial.directory))).toEqual([
      ['trial-01'],
      ['trial-02'],
    ]);
  }
});

it('refuses fewer trials than are to count', async () => {
  const { code, stderr } = await runChatbench(['run', patient, ...SHORT, '--repeat', '3', '--max-trials', '2'], out);
  expect({ code, stderr }).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^error: --max-trials 2: expected at least 3, as --repeat asks for\n/),
  });
});

it('measures a regression again before believing it', async () => {
  const [base, head] = [join(out, 'before'), join(out, 'after')];
  await runChatbench(['run', patient, ...SHORT, '--repeat', '5', '--out', base, '--quiet'], out);
  // The same runs, told to have taken half a minute a message: what is measured again is not as slow.
  cpSync(base, head, { recursive: true });
  for (const { directory } of (await readRepeatIndex(head))!.trials) {
    const result = await readResult(join(head, directory));
    const delivery = encodeValues(Array.from({ length: 200 }, (_, index) => 30_000_000 + index));
    const histograms = { ...result.samples.histograms, delivery };
    await writeResult(join(head, directory), { ...result, samples: { ...result.samples, histograms } });
  }
  const gate = ['--tolerance', 'p50=10%', '--floor', '10s', '--json'];
  expect((await runChatbench(['compare', base, head, ...gate], out)).code).toBe(4);
  const { code, stdout, stderr } = await runChatbench(['compare', base, head, ...gate, '--confirm'], out);
  expect(stderr).toContain('measuring head again: chatbench run');
  expect(comparisonSchema.parse(JSON.parse(stdout))).toMatchObject({ verdict: 'pass', confirmed: false });
  expect(code).toBe(0);
});

it('interleaves two targets in one session, compares them, and keeps both', async () => {
  const directory = join(out, 'ab');
  const { code, stdout, stderr } = await runChatbench(
    [
      ...['ab', patient, ...SHORT, '--base', 'embedded', '--head', '--target embedded --workers 2', '--repeat', '2'],
      ...['--out', directory, '--json'],
    ],
    out,
  );
  // Two against two can show nothing, and is not taken for a pass.
  expect(code, stderr).toBe(5);
  const comparison = comparisonSchema.parse(JSON.parse(stdout));
  expect(comparison).toMatchObject({ verdict: 'inconclusive', base: { runs: 2 }, head: { runs: 2 }, differences: [] });
  expect(JSON.parse(readFileSync(join(directory, 'comparison.json'), 'utf8'))).toEqual(comparison);
  const startOf = async (side: string, trial: string) => (await readResult(join(directory, side, trial))).startedAt;
  const [b1, h1, h2, b2] = [
    await startOf('base', 'trial-01'),
    await startOf('head', 'trial-01'),
    await startOf('head', 'trial-02'),
    await startOf('base', 'trial-02'),
  ];
  expect([b1, h1, h2, b2].toSorted()).toEqual([b1, h1, h2, b2]);
  const { target } = await readResult(join(directory, 'head', 'trial-01'));
  expect(target.workers).toBe(2);
});

it('ends a hopeless run early: partial, failed, and told why', async () => {
  const file = join(out, 'hopeless.yaml');
  const rule = '{ expect: delivery.p50 < 1us, abort: true, after: 0s }';
  writeFileSync(
    file,
    `name: hopeless\nquestion: Does it end?\nclients: 4\nrate: 200/s\nduration: 60s\nwarmup: 0s\nthresholds: [ ${rule} ]\nlateness-budget: 30s\n`,
  );
  const { code, stdout, stderr } = await runChatbench(['run', file, '--target', 'embedded', '--out', out, '--quiet']);
  expect({ code, stdout }, stderr).toEqual({ code: 4, stdout: 'fail\n' });
  const result = await readResult(join(out, 'latest'));
  expect(result.aborted?.expression).toBe('delivery.p50 < 1us');
  expect(result.completeness).toEqual({
    status: 'partial',
    reason: expect.stringMatching(/^ended early: 'delivery\.p50 < 1us' was at /),
  });
  expect(result.samples.ledger.planned).toBeLessThan(6_000);
});
