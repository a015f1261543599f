import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../gate/verdict.ts';
import type { RunResult } from '../../result/run-result.ts';
import { buildResultFixture, buildVerdictFixture, lossyLedger } from '../../testing/result-fixture.ts';
import { displayWidth } from './display-width.ts';
import { renderSummary } from './render-summary.ts';

const PLAIN = { color: false, columns: 80 };
const result = buildResultFixture();
const verdict = buildVerdictFixture();

const troubled: RunResult = {
  ...result,
  completeness: { status: 'partial', reason: 'interrupted by SIGINT after 20.1 s' },
  scenario: {
    ...result.scenario,
    population: { ...result.scenario.population, clients: 60, roomClasses: [{ size: 6, count: 10 }] },
  },
  samples: {
    ...result.samples,
    ledger: { ...lossyLedger(412), planned: 36_003, skipped: 3, rejected: 2, duplicated: 1 },
    connections: {
      ...result.samples.connections,
      opened: 48,
      failed: 2,
      dropped: 1,
      left: 3,
      returned: 2,
      reached: 47,
      failures: { ECONNREFUSED: 2 },
    },
  },
  queue: null,
};

const untrusted: Verdict = {
  status: 'invalid',
  exitCode: 5,
  thresholds: [
    { expression: 'lost == 0', actual: '412', ok: false },
    { expression: 'delivery.p95 < 170ms', actual: '9.1ms', ok: true },
  ],
  warnings: [
    {
      code: 'lateness',
      invalidates: true,
      message: 'Sends were late: p99 of lateness is 12 ms, over the budget of 5 ms.',
      remedy: 'Run on a machine with more free cores, or lower the rate.',
    },
    { code: 'queue-unobserved', invalidates: false, message: 'The queue was not seen.', remedy: 'Nothing to do.' },
  ],
};

function widestLine(text: string): number {
  return Math.max(...text.split('\n').map(displayWidth));
}

describe('renderSummary', () => {
  it('puts what a threshold came to below it where the two do not fit one line', () => {
    const thresholds = [
      {
        expression: 'delivery.p99 < 300ms during recovery for every 10s',
        actual: '62 ms in 12 s–22 s',
        ok: true,
      },
      { expression: 'lost == 0', actual: '412', ok: false },
      { expression: `delivered.rate >= 1000/s during ${'a-stage-'.repeat(12)}end`, actual: 'no data', ok: false },
    ];
    const text = renderSummary(result, buildVerdictFixture({ thresholds }), PLAIN);
    expect(widestLine(text)).toBeLessThanOrEqual(80);
    expect(text).toContain(
      '   ✓ delivery.p99 < 300ms during recovery for every 10s\n       actual 62 ms in 12 s–22 s\n',
    );
    expect(text).toContain('   ✗ lost == 0   actual 412\n');
    expect(text).toContain('\n       actual no data\n');
    const wide = renderSummary(result, buildVerdictFixture({ thresholds }), { ...PLAIN, columns: 100 });
    expect(wide).toContain('for every 10s   actual 62 ms in 12 s–22 s\n');
    expect(wide).toContain(`✗ lost == 0${' '.repeat(44)}actual 412\n`);
  });

  it('tells a pass from top to bottom', async () => {
    const text = renderSummary(result, verdict, { ...PLAIN, reportFiles: ['reports/latest/report.html'] });
    await expect(text).toMatchFileSnapshot('./snapshots/summary-pass.txt');
  });

  it('tells an invalid, partial run with its reasons and remedies', async () => {
    await expect(renderSummary(troubled, untrusted, PLAIN)).toMatchFileSnapshot('./snapshots/summary-invalid.txt');
  });

  it('tells what was broken on purpose, and what of it could not be', () => {
    const timeline: RunResult['timeline'] = [
      { atUs: 7_000_000, kind: 'fault', text: 'kill worker-1', fault: 0 },
      { atUs: 12_000_000, kind: 'fault', text: 'pause gateway-2 for 3 s', fault: 1 },
      { atUs: 15_000_000, kind: 'fault-end', text: 'gateway-2 is as before', fault: 1 },
      { atUs: 19_000_000, kind: 'fault', text: 'disconnect redis-pubsub', fault: 2 },
      {
        atUs: 19_001_000,
        kind: 'fault-failed',
        text: `disconnect redis-pubsub: \u001b[2J${'the broker does not answer '.repeat(4).trim()}`,
        fault: 2,
      },
    ];
    const text = renderSummary({ ...result, timeline }, verdict, PLAIN);
    expect(text).toContain(`
 Faults       at 7 s: kill worker-1
              at 12 s: pause gateway-2 for 3 s, over at 15 s
              at 19 s: disconnect redis-pubsub, failed: \\x1b[2Jthe broker does
              not answer the broker does not answer the broker does not answer
              the broker does not answer
`);
    expect(widestLine(text)).toBeLessThanOrEqual(80);
    expect(renderSummary(result, verdict, PLAIN)).not.toContain('Faults');
  });

  it('puts the verdict in the first line', () => {
    const first = (status: Verdict['status']) =>
      renderSummary(result, { ...verdict, status }, PLAIN)
        .trim()
        .split('\n')[0];
    expect([first('pass'), first('fail'), first('invalid')]).toEqual([
      '✓ PASS  burst',
      '✗ FAIL  burst',
      '! INVALID  burst',
    ]);
  });

  it.each([72, 80, 100, 200])('fits %i columns', (columns) => {
    for (const [anyResult, anyVerdict] of [
      [result, verdict],
      [troubled, untrusted],
      [hostileResult(), hostileVerdict()],
    ] as const) {
      expect(widestLine(renderSummary(anyResult, anyVerdict, { color: true, columns }))).toBeLessThanOrEqual(columns);
    }
  });

  it('says the same in colour and without', () => {
    const colored = renderSummary(troubled, untrusted, { ...PLAIN, color: true });
    expect(colored).toContain('\u001b[31m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours are control sequences
    expect(colored.replaceAll(/\u001b\[\d+m/g, '')).toBe(renderSummary(troubled, untrusted, PLAIN));
  });

  it('lets no control character from outside reach the terminal', () => {
    const text = renderSummary(hostileResult(), hostileVerdict(), PLAIN);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(text).toContain(String.raw`\x1b[2J`);
  });

  it('tells refusals by their code, and errors that name no message', () => {
    const refusals = [
      { code: 'overloaded', count: 1_200 },
      { code: null, count: 3 },
    ];
    const serverErrors = [{ code: 'bad-frame', count: 4 }];
    const text = renderSummary({ ...result, samples: { ...result.samples, refusals, serverErrors } }, verdict, PLAIN);
    expect(text).toContain('refused: 1,200 × overloaded, 3 under other codes or none');
    expect(text).toContain('errors that name no message: 4 × bad-frame');
  });

  it('tells no data from zero', () => {
    const histograms = { ...result.samples.histograms, delivery: '', ack: '' };
    const text = renderSummary({ ...result, samples: { ...result.samples, histograms, health: [] } }, verdict, PLAIN);
    expect(text).toMatch(/^ {3}delivery +no data$/m);
    expect(text).toMatch(/^ {3}ack +no data$/m);
    expect(text).toContain('no shard reported');
  });
});

const HOSTILE =
  '\u001b[2J\u001b]0;title\u0007\u009b31m\u202e\u2028\r漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字👩‍🚀';

function hostileResult(): RunResult {
  return {
    ...result,
    completeness: { status: 'partial', reason: HOSTILE },
    scenario: { ...result.scenario, name: 'burst', target: { ...result.scenario.target, url: `ws://${HOSTILE}` } },
    target: { ...result.target, topology: HOSTILE, components: [{ name: HOSTILE, version: HOSTILE }] },
    samples: {
      ...result.samples,
      refusals: Array.from({ length: 11 }, (_, index) => ({ code: index === 10 ? null : HOSTILE, count: 3 })),
      serverErrors: [{ code: HOSTILE, count: 2 }],
      connections: { ...result.samples.connections, failed: 1, failures: { [HOSTILE]: 1 } },
    },
  };
}

function hostileVerdict(): Verdict {
  return {
    ...untrusted,
    warnings: [{ code: 'rejected', invalidates: true, message: HOSTILE, remedy: HOSTILE }],
  };
}
