import { compileRule, type FrameMatcher } from '../../protocol/template/compile-rule.ts';
import type { FrameTest } from '../../scenario/protocol-spec.ts';
import type { JourneyRule, JourneyTests } from './journey.ts';

/**
 * A journey's rule as a function of the frame's bytes.
 *
 * @throws TypeError where it tests nothing
 */
export function matchFrame(rule: JourneyRule): FrameMatcher {
  if (typeof rule === 'function') return (frame) => rule(frame.toString());
  const tests = typeof rule === 'string' ? listTests({ contains: rule }) : listTests(rule);
  if (tests.length > 0) return compileRule(tests);
  throw new TypeError('client.await: expected a text, a function, or { contains, starts-with, equals, regex or json }');
}

function listTests({ regex, json = {}, ...texts }: JourneyTests): readonly FrameTest[] {
  const ofTexts = (['starts-with', 'equals', 'contains'] as const).flatMap((test): readonly FrameTest[] => {
    const text = texts[test];
    return text === undefined || text === '' ? [] : [{ test, text }];
  });
  const pattern = regex instanceof RegExp ? regex.source : regex;
  return [
    ...ofTexts,
    ...(pattern === undefined ? [] : [{ test: 'regex' as const, pattern }]),
    ...Object.entries(json).map(([path, equals]) => ({ test: 'json' as const, path: path.split('.'), equals })),
  ] as readonly FrameTest[];
}
