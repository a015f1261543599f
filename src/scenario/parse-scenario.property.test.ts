import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ChatbenchError } from '../errors.ts';
import { parseScenario } from './parse-scenario.ts';

const checkThreshold = () => null;

// Text that has a chance to be a scenario: known keys, plausible and implausible values, stray syntax.
const key = fc.constantFrom(
  'name',
  'question',
  'rate',
  'clients',
  'rooms',
  'stages',
  'target',
  'duration',
  '__proto__',
  'x',
);
const value = fc.oneof(
  fc.constantFrom(
    '1200/s',
    '5x',
    '[',
    '{ size: 2 }',
    '- 1',
    '*a',
    '&a 1',
    '0',
    '',
    '"',
    '!!x y',
    '{ hold: 1, for: 1s }',
  ),
  fc.string(),
);
const yamlLike = fc.array(fc.tuple(key, value).map(([k, v]) => `${k}: ${v}`)).map((lines) => lines.join('\n'));

it('any text whatever is a scenario or one error, each of its lines with a place', () => {
  fc.assert(
    fc.property(fc.oneof(yamlLike, fc.string(), fc.string({ unit: 'binary' })), (text) => {
      try {
        parseScenario(text, { file: 'my.yaml', checkThreshold });
      } catch (error) {
        expect(error).toBeInstanceOf(ChatbenchError);
        for (const line of (error as ChatbenchError).message.split('\n')) expect(line).toMatch(/^my\.yaml:\d+:\d+: /);
      }
    }),
    { numRuns: 500 },
  );
});

it('stages scaled by flags keep their shape, their peak is the rate and their sum the duration, exactly', () => {
  const stage = fc.tuple(
    fc.integer({ min: 0, max: 5000 }),
    fc.integer({ min: 1, max: 5000 }),
    fc.integer({ min: 1, max: 600 }),
  );
  fc.assert(
    fc.property(
      fc.array(stage, { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 90 }),
      (stages, seconds) => {
        const lines = stages.map(([from, to, length]) => `  - { ramp: ${from}/s → ${to}/s, over: ${length}s }`);
        const text = `name: s\nquestion: q\nstages:\n${lines.join('\n')}\n`;
        const { load, phases } = parseScenario(text, {
          file: 'my.yaml',
          overrides: { rate: '777', duration: `${seconds}s` },
          checkThreshold,
        });
        expect(phases.measureUs).toBe(seconds * 1e6);
        expect(Math.max(...load.stages.flatMap((s) => [s.fromPerSecond, s.toPerSecond]))).toBe(777);
        const total = stages.reduce((sum, [, , length]) => sum + length, 0);
        for (const [index, scaled] of load.stages.entries()) {
          const wanted = (stages[index]![2] / total) * seconds * 1e6;
          expect(Math.abs(scaled.durationUs - wanted)).toBeLessThanOrEqual(1);
        }
      },
    ),
  );
});
