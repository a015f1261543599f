import { expect, it } from 'vitest';
import { buildResultFixture, buildVerdictFixture } from '../../testing/result-fixture.ts';
import { renderAnnotations } from './render-annotations.ts';

const result = buildResultFixture();

it('says nothing of a pass without warnings', () => {
  expect(renderAnnotations(result, buildVerdictFixture())).toBe('');
});

it('makes an error of a missed threshold and a warning of the rest', () => {
  const verdict = buildVerdictFixture({
    status: 'fail',
    exitCode: 4,
    thresholds: [{ expression: 'delivery.p95 < 170ms', actual: '182 ms', ok: false }],
    warnings: [{ code: 'generator-cpu', invalidates: false, message: '99% of a core', remedy: 'Lower the rate.' }],
  });
  expect(renderAnnotations(result, verdict)).toBe(
    '::error title=chatbench burst::delivery.p95 < 170ms did not hold: it was 182 ms.\n' +
      '::warning title=chatbench burst::99%25 of a core: Lower the rate.\n',
  );
});

it('tells why a run is invalid once, as an error', () => {
  const warnings = [
    { code: 'lateness' as const, invalidates: true, message: 'Sends were late.', remedy: 'Slow down.' },
  ];
  const verdict = buildVerdictFixture({ status: 'invalid', exitCode: 5, warnings });
  expect(renderAnnotations(result, verdict)).toBe('::error title=chatbench burst::Sends were late.\n');
});

it('lets no foreign text begin a command of its own', () => {
  const scenario = { ...result.scenario, name: 'x,file=y::z\n::error::w' };
  const warnings = [
    { code: 'rejected' as const, invalidates: false, message: 'a\r\n::stop-commands::b', remedy: 'c\n::error::d' },
  ];
  const text = renderAnnotations({ ...result, scenario }, buildVerdictFixture({ warnings }));
  expect(text.trimEnd().split('\n').length).toBe(1);
  expect(text).toMatch(/^::warning title=chatbench x%2Cfile=y%3A%3Az/);
});
