import { describe, expect, it } from 'vitest';
import { DEFECTS } from '../../choices.ts';
import { runResult } from '../../result/run-result.ts';
import { type SmallResultParts, smallResult } from '../../testing/small-result.ts';
import { describeDifferences, fingerprintOf } from './fingerprint.ts';

const FAULT = { atUs: 1, action: 'kill', on: 'worker-1', forUs: null, share: null, delayUs: null } as const;
const LIMIT = { kind: 'fixed', limit: 1, windowMs: 1000 } as const;

describe('fingerprints', () => {
  const of = (change: Parameters<typeof smallResult>[0]) => fingerprintOf(smallResult(change));
  const { load, target: settings } = smallResult().scenario;
  const { environment, target } = smallResult();

  const changes: readonly (readonly [string, SmallResultParts, readonly (string | RegExp)[]])[] = [
    ['thresholds', { scenario: { thresholds: ['lost == 0'], question: 'Other?', name: 'other' } }, []],
    [
      'the machine',
      { run: { environment: { ...environment, cores: 8 } } },
      [/^machine: any, 2 cores, .* ≠ any, 8 cores/],
    ],
    ['the version', { run: { environment: { ...environment, chatbench: '9.9.9' } } }, ['chatbench: 0.1.0 ≠ 9.9.9']],
    [
      'the load',
      { scenario: { load: { ...load, loop: 'closed' }, seed: 2 } },
      ['load.loop: base open, head closed', 'seed: base 1, head 2'],
    ],
    [
      'rate and length of a steady load',
      {
        scenario: {
          load: { ...load, stages: [{ fromPerSecond: 30, toPerSecond: 30, durationUs: 5_000_000 }] },
          phases: { warmupUs: 1_000_000, measureUs: 5_000_000, drainTimeoutUs: 10_000_000 },
        },
      },
      ['load.rate: base 50/s, head 30/s', 'phases.measure: base 2 s, head 5 s'],
    ],
    [
      'the stages of a load',
      { scenario: { load: { ...load, stages: [{ fromPerSecond: 0, toPerSecond: 30, durationUs: 2_000_000 }] } } },
      ['load.stages: base 50/s for 2 s, head 0/s → 30/s for 2 s'],
    ],
    [
      'faults, spread and reconnects',
      { scenario: { faults: [FAULT], spread: 'health', reconnect: { backoff: 'full-jitter', baseUs: 1, maxUs: 2 } } },
      [
        `faults: base [], head ${JSON.stringify([FAULT])}`,
        'reconnect: base none, head {"backoff":"full-jitter","baseUs":1,"maxUs":2}',
        'spread: base round-robin, head health',
      ],
    ],
    [
      "a target's settings",
      { scenario: { target: { ...settings, queueType: 'quorum', rateLimit: LIMIT } } },
      [/^target: .* queueType "classic", rateLimit null, .* ≠ .* queueType "quorum", rateLimit \{"kind":"fixed"/],
    ],
    ['a defect, by which the gate is tried', { scenario: { target: { ...settings, defect: DEFECTS[0] } } }, []],
    ['the workers', { run: { target: { ...target, workers: 4 } } }, [/^target: .* 1 workers: {2}≠ .* 4 workers: $/]],
  ];

  it.each(changes)('differ by what runs cannot be compared over: %s', (_, change, differences) => {
    const expected = differences.map((line) => (typeof line === 'string' ? line : expect.stringMatching(line)));
    expect(describeDifferences(of({}), of(change))).toEqual(expected);
  });

  it('have no part in which the order of keys matters', () => {
    const result = smallResult();
    const scenario = Object.fromEntries(Object.entries(result.scenario).reverse()) as typeof result.scenario;
    expect(fingerprintOf({ ...result, scenario })).toEqual(fingerprintOf(result));
  });
});

/** Of every key it is decided whether it makes two runs incomparable. `traffic` is background traffic of some scenarios. */
describe.each([
  {
    of: 'a scenario',
    keys: Object.keys(runResult.shape.scenario.shape),
    matters: 'protocol population load phases timeouts seed spread reconnect faults traffic groups'.split(' '),
    mattersNot: 'name question thresholds aborts exits latenessBudgetUs experiment target observe'.split(' '),
    change: (key: string): SmallResultParts => ({ scenario: { [key]: 'changed' } }),
    part: null,
  },
  {
    of: "a target's settings",
    keys: Object.keys(runResult.shape.scenario.shape.target.shape),
    matters: 'url queueType rateLimit balance hops'.split(' '),
    mattersNot: 'kind topology gateways workers defect'.split(' '),
    change: (key: string): SmallResultParts => ({
      scenario: { target: { ...smallResult().scenario.target, [key]: 'changed' } },
    }),
    part: 'target',
  },
])('of $of', ({ keys, matters, mattersNot, change, part }) => {
  it.each(keys)('%s is decided on', (key) => {
    expect([...matters, ...mattersNot]).toContain(key);
    // Only the one key is changed, and `target` to what it was: its settings are a part of their own.
    const parts = key === 'target' ? {} : change(key);
    const differences = describeDifferences(fingerprintOf(smallResult()), fingerprintOf(smallResult(parts)));
    expect(differences.map((line) => line.split(':')[0])).toEqual(matters.includes(key) ? [part ?? key] : []);
  });
});
