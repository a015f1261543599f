import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Verdict } from '../../gate/verdict.ts';
import { HOSTILE_STRINGS } from '../../testing/hostile-strings.ts';
import { buildResultFixture, buildVerdictFixture } from '../../testing/result-fixture.ts';
import { renderJunit } from './render-junit.ts';

const SCHEMA = fileURLToPath(new URL('junit.xsd', import.meta.url));
const warnings: Verdict['warnings'] = [
  { code: 'lateness', invalidates: true, message: 'Sends were late.', remedy: 'Lower the rate.' },
];
const missed = HOSTILE_STRINGS.map((text) => ({ expression: text, actual: text, ok: false }));

function validate(xml: string) {
  const { status, stderr } = spawnSync('xmllint', ['--noout', '--nonet', '--schema', SCHEMA, '-'], {
    input: xml,
    encoding: 'utf8',
  });
  return { status, stderr: stderr.trim() };
}

it.each([
  ['a pass', buildVerdictFixture()],
  ['a fail full of hostile text', buildVerdictFixture({ status: 'fail', exitCode: 4, thresholds: missed })],
  ['an invalid run', buildVerdictFixture({ status: 'invalid', exitCode: 5, warnings })],
  [
    'an invalid run without thresholds',
    buildVerdictFixture({ status: 'invalid', exitCode: 5, warnings, thresholds: [] }),
  ],
  ['a run without thresholds', buildVerdictFixture({ thresholds: [] })],
])('%s is valid by the schema of JUnit XML', (_, verdict) => {
  expect(validate(renderJunit(buildResultFixture(), verdict))).toEqual({ status: 0, stderr: '- validates' });
});

it('is a schema that refuses: a case without a class name', () => {
  const xml = renderJunit(buildResultFixture(), buildVerdictFixture()).replace(/ classname="[^"]*"/, '');
  expect(validate(xml).status).not.toBe(0);
});
