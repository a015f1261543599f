import { expect, it } from 'vitest';
import { buildResultFixture, buildVerdictFixture, lossyLedger } from '../testing/result-fixture.ts';
import { describeVerdict } from './describe-verdict.ts';

const result = buildResultFixture();

it('says of a pass how long recipients waited and that everything arrived', () => {
  const words = describeVerdict(result, buildVerdictFixture());
  expect(words.word).toBe('Pass');
  expect(words.reasons).toEqual(['All 3 thresholds hold.']);
  expect(words.finding).toMatch(/^95 % of deliveries took at most [\d.]+ ms, the slowest [\d.]+ ms\. All 36,000 /);
});

it('names the thresholds that did not hold, with their values', () => {
  const thresholds = [
    { expression: 'lost == 0', actual: '12', ok: false },
    { expression: 'delivery.p95 < 170ms', actual: '8ms', ok: true },
  ];
  const words = describeVerdict(
    { ...result, samples: { ...result.samples, ledger: { ...lossyLedger(12), duplicated: 3 } } },
    buildVerdictFixture({ status: 'fail', exitCode: 4, thresholds }),
  );
  expect(words).toMatchObject({ word: 'Fail', reasons: ['lost == 0 did not hold: it was 12.'] });
  expect(words.finding).toContain('Of 36,000 deliveries: 12 lost, 3 duplicated.');
});

it('gives the warnings that spoil the figures as the reasons of an invalid run', () => {
  const warnings = [
    { code: 'lateness' as const, invalidates: true, message: 'Sends were late.', remedy: 'Lower the rate.' },
    { code: 'queue-gaps' as const, invalidates: false, message: 'Two samples are missing.', remedy: 'None.' },
  ];
  const words = describeVerdict(result, buildVerdictFixture({ status: 'invalid', exitCode: 5, warnings }));
  expect(words).toMatchObject({ word: 'Invalid', reasons: ['Sends were late.'] });
});

it('reports no latency where nothing was delivered', () => {
  const histograms = { ...result.samples.histograms, delivery: '' };
  const words = describeVerdict({ ...result, samples: { ...result.samples, histograms } }, buildVerdictFixture());
  expect(words.finding).toBe('Nothing was delivered, so there is no latency to report.');
});

it('says of a run that a rate limit turned most of away that it was not taken, unless the run has set that limit', () => {
  const ledger = { ...lossyLedger(0), rejected: 34_200, limited: 34_200, expected: 1800, once: 1800 };
  const refused = { ...result, samples: { ...result.samples, ledger } };
  expect(describeVerdict(refused, buildVerdictFixture()).finding).toMatch(
    /All 1,800 deliveries .* But the server refused 95 % of the messages\.$/,
  );
  const rateLimit = { kind: 'sliding', limit: 10, windowMs: 1000 } as const;
  const scenario = { ...result.scenario, target: { ...result.scenario.target, rateLimit } };
  expect(describeVerdict({ ...refused, scenario }, buildVerdictFixture()).finding).not.toContain('refused');
});
