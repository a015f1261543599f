import type { ComparedTime, Comparison, Spread } from '../../gate/compare/comparison.ts';
import { formatCount, formatFactor, formatLatency, formatMs, formatPlural, formatRate } from '../../quantities.ts';
import type { ExperimentResult } from '../../result/experiment-result.ts';
import type { RepeatIndex } from '../../result/repeat-index.ts';
import { describeExperiment } from '../describe-experiment.ts';
import { formatFigure } from '../format-figure.ts';
import { formatObserved } from '../format-observed.ts';
import { observedOfSteps } from '../observed-of-steps.ts';
import { escapeMarkdown, markdownTable } from './markdown-text.ts';

const MARKS = { pass: '✅', fail: '❌', invalid: '⚠️', inconclusive: '⚠️' } as const;
const WORDS = { pass: 'Pass', fail: 'Fail', inconclusive: 'Inconclusive' } as const;

/** A comparison as Markdown (GitHub flavour), the verdict first. Foreign text cannot become markup. */
export function renderComparisonMarkdown(comparison: Comparison): string {
  const { verdict, reasons, base, head, times, counts, differences, cautions, confirmed } = comparison;
  const side = ({ label, runs }: Comparison['base']) => `${escapeMarkdown(label)} (${formatPlural(runs, 'run')})`;
  return blocks([
    `## ${MARKS[verdict]} ${WORDS[verdict]}: ${escapeMarkdown(head.label)} against ${escapeMarkdown(base.label)}`,
    boldLines(reasons),
    [
      `base ${side(base)}, head ${side(head)}.`,
      ...(confirmed === null
        ? []
        : [confirmed ? 'Measured again, and there again.' : 'Measured again, and not there again.']),
    ].join(' '),
    times.length === 0
      ? ''
      : markdownTable(
          ['', 'Time, ms', 'base', 'head', 'head ÷ base', 'p', 'limit'],
          ['left', 'left', 'right', 'right', 'right', 'right', 'right'],
          times.map(timeRow),
        ),
    counts.length === 0
      ? ''
      : markdownTable(
          ['', 'Count, of the worst run', 'base', 'head'],
          ['left', 'left', 'right', 'right'],
          counts.map(({ name, base: before, head: after, regressed }) => [
            regressed ? '❌' : '',
            name,
            formatCount(before),
            formatCount(after),
          ]),
        ),
    observedTable(comparison),
    differences.length === 0 ? '' : `Compared although these differ: ${differences.map(escapeMarkdown).join(', ')}`,
    ...cautions.map((caution) => `⚠️ ${escapeMarkdown(caution)}`),
  ]);
}

/** Medians of what was observed, at its most: not gated, but it may be why. */
function observedTable({ observed = [] }: Comparison): string {
  if (observed.length === 0) return '';
  return markdownTable(
    ['Observed, max', 'base', 'head'],
    ['left', 'right', 'right'],
    observed.map(({ name, unit, base, head }) => [
      escapeMarkdown(name),
      ...[base, head].map((spread) => formatObserved(unit, spread?.median ?? null)),
    ]),
  );
}

function timeRow({ subject, base, head, ratio, ratioInterval, adjustedP, tolerance, regressed }: ComparedTime) {
  const interval =
    ratioInterval === null ? '' : ` (${formatFactor(ratioInterval[0])}–${formatFactor(ratioInterval[1])})`;
  return [
    regressed ? '❌' : '',
    escapeMarkdown(subject),
    middle(base),
    middle(head),
    ratio === null ? 'no data' : `× ${formatFactor(ratio)}${interval}`,
    adjustedP === null ? '–' : adjustedP < 0.0001 ? '&lt;0.0001' : adjustedP.toFixed(4),
    `× ${formatFactor(1 + tolerance)}`,
  ];
}

/** The trials of a repeat as Markdown: their verdicts, then median and range of what counts. */
export function renderRepeatMarkdown(
  { scenario, planned, trials, setAside }: RepeatIndex,
  figures: ReadonlyMap<string, Spread>,
): string {
  const count = (wanted: string) => trials.filter(({ verdict }) => verdict === wanted).length;
  const [failed, invalid] = [count('fail'), count('invalid')];
  const verdict = invalid > 0 ? 'invalid' : failed > 0 ? 'fail' : 'pass';
  const short = trials.length < planned ? ` of ${planned} planned` : '';
  return blocks([
    `## ${MARKS[verdict]} ${formatPlural(trials.length, 'trial')}${short} of ${escapeMarkdown(scenario)}`,
    `${count('pass')} pass, ${failed} fail, ${invalid} invalid.`,
    figures.size === 0
      ? ''
      : markdownTable(
          ['Figure', 'median', 'least', 'most'],
          ['left', 'right', 'right', 'right'],
          [...figures].map(([subject, { median, least, most }]) => [
            escapeMarkdown(subject),
            ...[median, least, most].map((value) => formatFigure(subject, value)),
          ]),
        ),
    markdownTable(
      ['', 'Trial', ''],
      ['left', 'left', 'left'],
      [
        ...trials.map(({ directory, verdict: own }) => [MARKS[own], escapeMarkdown(directory), own]),
        ...setAside.map(({ directory, verdict: own, reason }) => [
          '·',
          escapeMarkdown(directory),
          `${own}, set aside: ${escapeMarkdown(reason)}`,
        ]),
      ],
    ),
  ]);
}

/** An experiment as Markdown, the answer first, then every step. */
export function renderExperimentMarkdown(experiment: ExperimentResult): string {
  const { title, answer, state, sentences } = describeExperiment(experiment);
  const { scenario, question, steps, knee } = experiment;
  return blocks([
    `## ${{ found: '✅', open: '⚠️', none: '❌' }[state]} ${title}: ${escapeMarkdown(answer)}`,
    `${escapeMarkdown(scenario)}: ${escapeMarkdown(question)}`,
    boldLines(sentences),
    steps.length === 0
      ? ''
      : markdownTable(
          ['', 'Step', 'delivered', 'p50', 'p95', 'p99', 'lost', ''],
          ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'left'],
          steps.map(({ label, verdict, held: isHeld, figures, bindings }, index) => [
            verdict === 'invalid' ? '⚠️' : isHeld ? '✅' : '❌',
            `${escapeMarkdown(label)}${index === knee ? ' (knee)' : ''}`,
            formatRate(figures.deliveredPerSecond),
            ...[figures.p50Us, figures.p95Us, figures.p99Us].map((us) =>
              formatLatency(us ?? (figures.lost > 0 ? Number.POSITIVE_INFINITY : null)),
            ),
            formatCount(figures.lost),
            escapeMarkdown(bindings.map(({ text }) => text).join('; ')),
          ]),
        ),
    observedStepTable(experiment),
  ]);
}

function observedStepTable({ steps }: ExperimentResult): string {
  const observed = observedOfSteps(steps);
  if (observed === null) return '';
  return markdownTable(
    ['Observed, max', ...observed.names.map(escapeMarkdown)],
    ['left', ...observed.names.map(() => 'right' as const)],
    observed.rows.map(({ label, cells }) => [label, ...cells].map(escapeMarkdown)),
  );
}

function blocks(texts: readonly string[]): string {
  return `${texts.filter((text) => text !== '').join('\n\n')}\n`;
}

function boldLines(lines: readonly string[]): string {
  return lines.map((line) => `**${escapeMarkdown(line)}**`).join('  \n');
}

function middle(spread: Spread | null): string {
  return spread === null ? 'no data' : formatMs(spread.median);
}
