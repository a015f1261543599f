import { expect, it } from 'vitest';
import { convert } from 'xmlbuilder2';
import type { Verdict } from '../../gate/verdict.ts';
import { HOSTILE_STRINGS } from '../../testing/hostile-strings.ts';
import { buildResultFixture, buildVerdictFixture } from '../../testing/result-fixture.ts';
import { renderJunit } from './render-junit.ts';

const result = buildResultFixture();
const warnings: Verdict['warnings'] = [
  { code: 'lateness', invalidates: true, message: 'Sends were late.', remedy: 'Lower the rate.' },
];

/** The test suite as plain objects: attributes as "@name", texts as "#". */
// biome-ignore lint/suspicious/noExplicitAny: the shape is what is tested
function suiteOf(xml: string): any {
  // biome-ignore lint/suspicious/noExplicitAny: as above
  return (convert(xml, { format: 'object' }) as any).testsuites.testsuite;
}

it('has one case per threshold, and a missed one as failure with its actual value', () => {
  const thresholds = [
    { expression: 'delivery.p95 < 170ms', actual: '182 ms', ok: false },
    { expression: 'lost == 0', actual: '0', ok: true },
  ];
  const suite = suiteOf(renderJunit(result, buildVerdictFixture({ status: 'fail', exitCode: 4, thresholds })));
  expect(suite).toMatchObject({ '@name': 'burst', '@tests': '2', '@failures': '1', '@errors': '0' });
  expect(suite.testcase[0]).toMatchObject({
    // The reader leaves attributes as they are written.
    '@name': 'delivery.p95 &lt; 170ms',
    '@classname': 'chatbench.burst',
    '@time': '30.000',
    failure: { '@type': 'threshold', '@message': 'actual 182 ms' },
  });
  expect(suite.testcase[1]).not.toHaveProperty('failure');
});

it('makes an error of every case of an invalid run, and one where it has no threshold', () => {
  const invalid = buildVerdictFixture({ status: 'invalid', exitCode: 5, warnings });
  const suite = suiteOf(renderJunit(result, invalid));
  expect(suite).toMatchObject({ '@tests': '3', '@failures': '0', '@errors': '3' });
  expect(suite.testcase[1].error).toMatchObject({ '@type': 'invalid', '@message': 'Sends were late.' });
  const bare = suiteOf(renderJunit(result, { ...invalid, thresholds: [] }));
  expect(bare).toMatchObject({ '@tests': '1', '@errors': '1' });
});

it('holds any text without breaking', () => {
  for (const hostile of HOSTILE_STRINGS) {
    const scenario = { ...result.scenario, name: `x${hostile}` };
    const thresholds = [{ expression: hostile, actual: hostile, ok: false }];
    const xml = renderJunit({ ...result, scenario }, buildVerdictFixture({ status: 'fail', exitCode: 4, thresholds }));
    expect(suiteOf(xml)['@failures'], hostile).toBe('1');
  }
});
