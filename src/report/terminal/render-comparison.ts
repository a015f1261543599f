import type { ComparedTime, Comparison, Spread } from '../../gate/compare/comparison.ts';
import { formatCount, formatFactor, formatMs, formatPlural } from '../../quantities.ts';
import { formatObserved } from '../format-observed.ts';
import { alignLeft, alignRight, wrapText } from './display-width.ts';
import { choosePalette, type Palette } from './palette.ts';
import { plainText } from './plain-text.ts';

const COLUMNS = { subject: 15, figure: 9, ratio: 23, p: 9 } as const;

/** A comparison for a person at a terminal, the verdict first. Fits 80 columns. Ends with a line break. */
export function renderComparison(comparison: Comparison, color: boolean): string {
  const palette = choosePalette(color);
  const blocks = [
    verdictLines(comparison, palette),
    timeLines(comparison, palette),
    detectableLines(comparison, palette),
    countLines(comparison, palette),
    observedLines(comparison, palette),
    differenceLines(comparison, palette),
    cautionLines(comparison, palette),
  ];
  return `\n${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n\n`;
}

function verdictLines({ verdict, reasons, base, head, confirmed }: Comparison, palette: Palette): readonly string[] {
  const mark = {
    pass: palette.good('✓ PASS'),
    fail: palette.bad('✗ FAIL'),
    inconclusive: palette.caution('! INCONCLUSIVE'),
  }[verdict];
  const sides = `base ${plainText(base.label)} (${formatPlural(base.runs, 'run')}), head ${plainText(head.label)} (${formatPlural(head.runs, 'run')})`;
  return [
    ` ${mark}  head against base`,
    ...indented(
      [sides, ...reasons.map(plainText), ...confirmation(verdict, confirmed)].flatMap((line) => wrapText(line, 76)),
    ),
  ];
}

function confirmation(verdict: Comparison['verdict'], confirmed: boolean | null): readonly string[] {
  if (confirmed === null) return [];
  if (confirmed) return ['Measured again, and there again.'];
  const rest = {
    pass: 'no regression.',
    fail: 'but a count beyond that of base is a fact, and stays a failure.',
    inconclusive: 'but something else was.',
  }[verdict];
  return [`Measured again, and not there again: ${rest}`];
}

function timeLines({ times, alpha, floorUs }: Comparison, palette: Palette): readonly string[] {
  if (times.length === 0) return [];
  const head =
    alignRight('base', COLUMNS.figure) +
    alignRight('head', COLUMNS.figure) +
    alignRight('head ÷ base', COLUMNS.ratio) +
    alignRight('p', COLUMNS.p) +
    alignRight('limit', COLUMNS.figure);
  return [
    ` ${palette.strong(alignLeft('Times, ms', COLUMNS.subject))}${palette.quiet(head)}`,
    ...times.map((time) => timeLine(time, palette)),
    ...indented(
      wrapText(
        `medians over runs; Hodges–Lehmann ratio with its 95 % interval; p: exact one-sided Mann–Whitney, adjusted (Holm); worse if p ≤ ${alpha}, the ratio is beyond the limit, and the difference is above ${formatMs(floorUs)} ms`,
        76,
      ),
    ).map(palette.quiet),
  ];
}

function timeLine(time: ComparedTime, palette: Palette): string {
  const { subject, base, head, ratio, ratioInterval, adjustedP, tolerance, regressed } = time;
  const mark = regressed ? palette.bad('✗') : ' ';
  const interval =
    ratioInterval === null ? '' : ` (${formatFactor(ratioInterval[0])}–${formatFactor(ratioInterval[1])})`;
  const line =
    alignLeft(subject, COLUMNS.subject - 2) +
    alignRight(middle(base), COLUMNS.figure) +
    alignRight(middle(head), COLUMNS.figure) +
    alignRight(ratio === null ? 'no data' : `× ${formatFactor(ratio)}${interval}`, COLUMNS.ratio) +
    alignRight(adjustedP === null ? '–' : adjustedP < 0.0001 ? '<0.0001' : adjustedP.toFixed(4), COLUMNS.p) +
    alignRight(`× ${formatFactor(1 + tolerance)}`, COLUMNS.figure);
  return ` ${mark} ${regressed ? palette.strong(line) : line}`;
}

function detectableLines({ times }: Comparison, palette: Palette): readonly string[] {
  const known = times.filter(({ detectableRatio }) => detectableRatio !== null);
  if (known.length === 0) return [];
  const facts = known.map(({ subject, detectableRatio, base }) => {
    const differenceUs = (detectableRatio! - 1) * (base?.median ?? 0);
    return `${subject} × ${formatFactor(detectableRatio!)} (+${formatMs(differenceUs)} ms)`;
  });
  const text = `would have been found in 4 of 5 cases, by the spread of base's runs: ${facts.join(', ')}`;
  const lines = wrapText(text, 64);
  return lines.map((line, index) => ` ${alignLeft(index === 0 ? palette.strong('Detectable') : '', 14)}${line}`);
}

function countLines({ counts }: Comparison, palette: Palette): readonly string[] {
  const told = counts.map(({ name, base, head, regressed }) => {
    const change = base === head ? formatCount(head) : `${formatCount(base)} → ${formatCount(head)}`;
    return regressed ? palette.bad(`${name} ${change}`) : `${name} ${change}`;
  });
  const lines = wrapText(`${told.join(', ')} (of the worst run)`, 64);
  return lines.map((line, index) => ` ${alignLeft(index === 0 ? palette.strong('Counts') : '', 14)}${line}`);
}

/** Medians of what was observed, at its most: not gated, but it may be why. */
function observedLines({ observed = [] }: Comparison, palette: Palette): readonly string[] {
  if (observed.length === 0) return [];
  const told = observed.map(({ name, unit, base, head }) => {
    const [before, after] = [base, head].map((spread) => formatObserved(unit, spread?.median ?? null));
    return `${plainText(name)} ${before} → ${after}`;
  });
  const lines = wrapText(`${told.join(', ')} (max, medians over runs)`, 64);
  return lines.map((line, index) => ` ${alignLeft(index === 0 ? palette.strong('Observed') : '', 14)}${line}`);
}

function differenceLines({ differences }: Comparison, palette: Palette): readonly string[] {
  if (differences.length === 0) return [];
  return [
    ` ${palette.caution('! compared although these differ:')}`,
    ...indented(differences.flatMap((line) => wrapText(plainText(line), 74))),
  ];
}

function cautionLines({ cautions }: Comparison, palette: Palette): readonly string[] {
  return cautions.flatMap((caution) =>
    wrapText(plainText(caution), 74).map((line, index) => ` ${index === 0 ? palette.caution('!') : ' '} ${line}`),
  );
}

function middle(spread: Spread | null): string {
  return spread === null ? 'no data' : formatMs(spread.median);
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `   ${line}`);
}
