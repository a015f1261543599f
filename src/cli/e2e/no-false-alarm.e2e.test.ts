import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Summary } from '../../report/json/summary-schema.ts';
import { runChatbench } from '../../testing/run-chatbench.ts';

const out = mkdtempSync(join(tmpdir(), 'chatbench-no-alarm-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** Scenario, target with its topology, and messages a second: loads that the bundled cluster takes, on two cores that others use too. */
const RUNS: readonly (readonly [scenario: string, target: string, perSecond: number | null])[] = [
  ['burst', 'embedded', 100],
  ['burst', 'embedded', 400],
  ['burst', 'embedded', 1_200],
  ['burst', 'embedded --topology pubsub', 400],
  ['burst', 'embedded --topology pattern', 300],
  ['burst', 'embedded --topology fanout', 300],
  ['spike', 'embedded', null],
  ['fan-out', 'embedded', 10],
  ['mixed', 'embedded', 100],
  ['users', 'embedded', 50],
  ['slow-consumers', 'embedded', null],
  ['reconnect-storm', 'embedded', null],
  ['offline-sync', 'embedded', null],
  ['notifications', 'embedded', null],
  ['burst', 'local', 200],
  ['burst', 'local', 800],
  ['burst', 'local --topology pubsub', 400],
  ['burst', 'local --topology fanout', 400],
  ['fan-out', 'local', 10],
  ['soak', 'local', 50],
];

const seen: { readonly run: string; readonly verdict: Summary['verdict'] }[] = [];

it.each(RUNS)(
  'of %s on %s at %s/s, a sound run, nothing is said but its longest hop',
  async (scenario, target, perSecond) => {
    const { code, stdout, stderr } = await runChatbench([
      ...[
        'run',
        scenario,
        '--target',
        ...target.split(' '),
        ...(perSecond === null ? [] : ['--rate', String(perSecond)]),
      ],
      ...['--duration', '6s', '--warmup', '1s', '--json', '--no-report', '--out', join(out, 'reports')],
    ]);
    expect([0, 4, 5], stderr).toContain(code);
    const { verdict, diagnosis = [], thresholds } = JSON.parse(stdout) as Summary;
    seen.push({ run: `${scenario} ${target}`, verdict });
    // What others do to this machine may make a run invalid, of which nothing is said, or slow, of which there is something to say.
    if (verdict === 'invalid') expect(diagnosis).toEqual([]);
    if (verdict !== 'pass') return;
    const told = diagnosis.filter((one) => one.code !== 'longest-hop').map(({ text }) => text);
    expect(told, JSON.stringify(thresholds)).toEqual([]);
  },
);

it('most of them were sound', () => {
  expect(seen).toHaveLength(RUNS.length);
  const sound = seen.filter(({ verdict }) => verdict === 'pass');
  expect(sound.length, JSON.stringify(seen)).toBeGreaterThanOrEqual(RUNS.length / 2);
});
