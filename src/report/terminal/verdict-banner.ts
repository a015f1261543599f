import type { Verdict } from '../../gate/verdict.ts';
import type { RunResult } from '../../result/run-result.ts';
import type { Palette } from './palette.ts';
import { plainText } from './plain-text.ts';

/** The verdict and what it is of, in one line: "✓ PASS  burst". */
export function verdictBanner({ scenario }: RunResult, { status }: Verdict, palette: Palette): string {
  const word = {
    pass: palette.good('✓ PASS'),
    fail: palette.bad('✗ FAIL'),
    invalid: palette.caution('! INVALID'),
  }[status];
  return `${word}  ${palette.strong(plainText(scenario.name))}`;
}
