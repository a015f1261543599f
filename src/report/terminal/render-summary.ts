import { mostOf } from '../../extremes.ts';
import type { ThresholdOutcome, Verdict, Warning } from '../../gate/verdict.ts';
import { formatBytes, formatCount, formatDuration, formatRate, formatRatio } from '../../quantities.ts';
import { WHOLE_JOURNEY } from '../../record/journey-recorder.ts';
import { countUndeclaredLimited } from '../../record/undeclared-refusals.ts';
import type { RunResult } from '../../result/run-result.ts';
import { describeRefusals } from '../describe-refusals.ts';
import { describeVerdict } from '../describe-verdict.ts';
import { memoryPerConnection } from '../process-load.ts';
import { connectionRates, connectionSpread, measureRates, reachedClients } from '../run-statistics.ts';
import { articleLines } from './article-lines.ts';
import { diagnosisSentence } from './diagnosis-sentence.ts';
import { alignLeft, displayWidth, wrapText } from './display-width.ts';
import { driftLines } from './drift-lines.ts';
import { fact, heading, indented, NAME_COLUMNS, wrapFacts } from './fact-lines.ts';
import { faultLines } from './fault-lines.ts';
import { groupFacts } from './group-facts.ts';
import { hopWaterfall } from './hop-waterfall.ts';
import { latencyTable } from './latency-table.ts';
import { observedLines } from './observed-lines.ts';
import { choosePalette, type Palette } from './palette.ts';
import { plainText } from './plain-text.ts';
import { queueLines } from './queue-lines.ts';
import { regionLines } from './region-lines.ts';
import { slowLines } from './slow-lines.ts';
import { targetLines } from './target-lines.ts';
import { trafficFacts } from './traffic-facts.ts';
import { verdictBanner } from './verdict-banner.ts';

export interface SummaryOptions {
  readonly color: boolean;
  /** Width of the terminal; lines use at most 100 columns of it and are laid out for 80. */
  readonly columns: number;
  /** Where reports lie, as they should be printed; none where none was written. */
  readonly reportFiles?: readonly string[];
  /** Whether each row's name is explained below its table. */
  readonly explained?: boolean;
}

/**
 * All of a finished run for a person at a terminal, the verdict first. Lines fit `columns`, but no less than 72. Foreign
 * text carries no control character. Ends with a line break.
 */
export function renderSummary(result: RunResult, verdict: Verdict, options: SummaryOptions): string {
  const palette = choosePalette(options.color);
  const columns = Math.min(100, Math.max(72, options.columns));
  const blocks = [
    verdictLines(result, verdict, palette, columns),
    diagnosisLines(verdict, palette, columns),
    verdict.thresholds.length === 0 ? [] : thresholdLines(verdict.thresholds, palette, columns),
    latencyTable(result, palette, columns, options.explained),
    regionLines(result, palette),
    hopWaterfall(result, palette, columns),
    accountLines(result, palette, columns),
    queueLines(result, palette, columns),
    observedLines(result, palette, columns),
    driftLines(verdict, palette, columns),
    slowLines(result, palette),
    faultLines(result, palette, columns),
    articleLines(result, palette),
    targetLines(result, palette, columns),
    verdict.warnings.length === 0 ? [] : warningLines(verdict.warnings, palette, columns),
    fact('Report', options.reportFiles ?? [], palette),
  ];
  const text = blocks.filter((block) => block.length > 0).map((block) => block.join('\n'));
  return `\n${text.join('\n\n')}\n`;
}

function verdictLines(result: RunResult, verdict: Verdict, palette: Palette, columns: number): readonly string[] {
  const { reasons, finding } = describeVerdict(result, verdict);
  const partial = result.completeness.status === 'partial' ? [partialNote(result)] : [];
  return [
    ` ${verdictBanner(result, verdict, palette)}`,
    ...[...reasons, ...partial, finding].flatMap((text) => indented(wrapText(plainText(text), columns - 3), 3)),
  ];
}

/** Why it is slow, above all figures. */
function diagnosisLines({ diagnosis = [] }: Verdict, palette: Palette, columns: number): readonly string[] {
  if (diagnosis.length === 0) return [];
  return [heading('Diagnosis', palette), ...diagnosis.flatMap((told) => diagnosisSentence(told, palette, columns))];
}

function partialNote(result: RunResult): string {
  const { reason } = result.completeness;
  return `Partial result${reason === null ? '' : `: ${reason}`}. The figures cover what ran.`;
}

/** One line each where it fits; else the expression, wrapped, and the actual on a line of its own. */
function thresholdLines(outcomes: readonly ThresholdOutcome[], palette: Palette, columns: number): readonly string[] {
  const rows = outcomes.map(({ expression, actual, ok, undecided }) => ({
    ok,
    isUndecided: undecided !== undefined,
    expression: plainText(expression),
    actual: `actual ${plainText(actual)}`,
  }));
  const room = columns - THRESHOLD_INDENT - COLUMN_GAP;
  const short = rows.filter(({ expression, actual }) => displayWidth(expression) + displayWidth(actual) <= room);
  const width = mostOf(
    short.map(({ expression }) => displayWidth(expression)),
    0,
  );
  return [
    heading('Thresholds', palette),
    ...rows.flatMap(({ ok, isUndecided, expression, actual }) => {
      const worry = isUndecided ? palette.caution : palette.bad;
      const mark = ok ? palette.good('✓') : worry(isUndecided ? '?' : '✗');
      const paint = (text: string) => (ok ? text : worry(text));
      if (displayWidth(expression) <= width && width + displayWidth(actual) <= room)
        return [`   ${mark} ${alignLeft(expression, width)}   ${paint(actual)}`];
      const [first, ...rest] = wrapText(expression, columns - THRESHOLD_INDENT);
      const below = wrapText(actual, columns - THRESHOLD_INDENT - 2).map(paint);
      return [`   ${mark} ${first}`, ...indented(rest, THRESHOLD_INDENT), ...indented(below, THRESHOLD_INDENT + 2)];
    }),
  ];
}

/** Columns before an expression, and between it and its actual. */
const THRESHOLD_INDENT = 5;
const COLUMN_GAP = 3;

function accountLines(result: RunResult, palette: Palette, columns: number): readonly string[] {
  const { ledger, connections } = result.samples;
  const { sentPerSecond, deliveredPerSecond } = measureRates(result);
  const troubled = (count: number, word: string) => {
    const text = `${formatCount(count)} ${word}`;
    return count > 0 ? palette.bad(text) : text;
  };
  const connectionFacts = [
    `${formatCount(connections.opened)} of ${formatCount(connections.attempted)} opened`,
    `(${formatRatio(connectionRates(connections).successRatio)})`,
    `in ${formatDuration(connections.openingUs)},`,
    `${troubled(connections.failed, 'failed')},`,
    troubled(connections.dropped, 'dropped'),
  ].join(' ');
  const returns = connections.reconnected > 0 ? [`${formatCount(connections.reconnected)} times one came back`] : [];
  const reached = reachedClients(result);
  const ends = mostFrequent([connections.failures, connections.drops]).map(
    ([reason, count]) => `${formatCount(count)} × ${plainText(reason)}`,
  );
  return [
    ...fact(
      'Messages',
      [
        `${formatCount(ledger.planned)} planned = ${formatCount(ledger.sent)} sent + ${troubled(ledger.skipped, 'skipped')}${ledger.unsendable === 0 ? '' : ` + ${troubled(ledger.unsendable, 'unsendable')}`}`,
        ...(ledger.limited > 0 ? [limitedFact(result, palette)] : []),
        ...(ledger.rejected > ledger.limited
          ? [troubled(ledger.rejected - ledger.limited, 'rejected by the server')]
          : []),
        ...refusalFacts(result, palette, columns),
        ...(ledger.held > 0 ? [`${formatCount(ledger.held)} of them held until the connection was back`] : []),
      ],
      palette,
    ),
    ...fact(
      'Deliveries',
      [
        `${formatCount(ledger.expected)} expected = ${formatCount(ledger.once)} once + ${troubled(ledger.lost, 'lost')}`,
        [
          troubled(ledger.duplicated, 'duplicated'),
          troubled(ledger.reordered, 'reordered'),
          troubled(ledger.misrouted, 'misrouted'),
          troubled(ledger.late, 'late'),
        ].join(', '),
        ...(ledger.recovered > 0 ? [`${formatCount(ledger.recovered)} fetched by the recipient after a gap`] : []),
      ],
      palette,
    ),
    ...fact('Groups', groupFacts(result, palette, columns), palette),
    ...fact('Traffic', trafficFacts(result, palette, columns), palette),
    ...fact('Journeys', journeyFacts(result, columns), palette),
    ...fact('Limiter', limiterFacts(result), palette),
    ...fact('Rate', [`${formatRate(sentPerSecond)} sent, ${formatRate(deliveredPerSecond)} delivered`], palette),
    ...fact(
      'Connections',
      [
        connectionFacts,
        ...memoryFact(result),
        ...loginFacts(connections),
        ...returns,
        ...(connections.left > 0
          ? [
              `${formatCount(connections.left)} left by themselves, ${formatCount(connections.returned)} of them came back`,
            ]
          : []),
        ...(reached === null
          ? []
          : [`${formatCount(reached.reached)} reached by a message (${formatRatio(reached.ratio)})`]),
        ...ends.flatMap((end) => wrapText(end, columns - NAME_COLUMNS)),
      ],
      palette,
    ),
    ...fact('Spread', wrapFacts(spreadFacts(result), columns), palette),
  ];
}

/** How many came to their end, and why the others did not. */
function journeyFacts({ samples: { journey } }: RunResult, columns: number): readonly string[] {
  if (journey === undefined) return [];
  const { begun = 0, failed = 0, unfinished = 0 } = journey.steps.find(({ name }) => name === WHOLE_JOURNEY) ?? {};
  const reasons = mostFrequent([journey.failures]).map(
    ([reason, count]) => `${formatCount(count)} × ${plainText(reason)}`,
  );
  return [
    `${formatCount(begun)} begun, ${formatCount(begun - failed - unfinished)} of them ended well, ${formatCount(failed)} failed`,
    ...reasons.flatMap((reason) => wrapText(reason, columns - NAME_COLUMNS)),
  ];
}

/** None where nobody had to log in. */
function loginFacts({ logins, loginsFailed }: RunResult['samples']['connections']): readonly string[] {
  const all = logins + loginsFailed;
  if (all === 0) return [];
  return [`${formatCount(logins)} of ${formatCount(all)} logins let in (${formatRatio(logins / all)})`];
}

/** As many reasons as a summary has room for. */
const REASONS_SHOWN = 6;

function mostFrequent(reasons: readonly Readonly<Record<string, number>>[]): readonly (readonly [string, number])[] {
  return reasons
    .flatMap((counts) => Object.entries(counts))
    .sort(([, one], [, other]) => other - one)
    .slice(0, REASONS_SHOWN);
}

/** Only where the run has set the limit are refusals what it asked for. */
function limitedFact({ samples: { ledger }, scenario: { target } }: RunResult, palette: Palette): string {
  const count = formatCount(ledger.limited);
  return countUndeclaredLimited(ledger, target) > 0
    ? palette.bad(`${count} refused by a rate limit of the server's own`)
    : `${count} refused beyond their sender's quota`;
}

/** What the server refused, by its own codes. */
function refusalFacts({ samples }: RunResult, palette: Palette, columns: number): readonly string[] {
  const { refusals, serverErrors } = samples;
  const wrap = (text: string) => wrapText(plainText(text), columns - NAME_COLUMNS);
  const hasCodes = refusals.some(({ code }) => code !== null);
  return [
    ...(hasCodes ? wrap(`refused: ${describeRefusals(refusals)}`) : []),
    ...(serverErrors.length > 0
      ? wrap(`errors that name no message: ${describeRefusals(serverErrors)}`).map(palette.bad)
      : []),
  ];
}

function limiterFacts({ samples: { limiter }, scenario: { target } }: RunResult): readonly string[] {
  if (limiter === null || target.rateLimit === null) return [];
  const { admitted, allowed, admittedMax } = limiter;
  const { limit, windowMs } = target.rateLimit;
  const ratio = allowed === 0 ? '' : ` (${formatRatio(admitted / allowed)})`;
  return [
    `${formatCount(admitted)} admitted of ${formatCount(allowed)} that may be${ratio}`,
    `at most ${formatCount(admittedMax)} of a user in ${formatDuration(windowMs * 1000)}, promised ${formatCount(limit)}`,
  ];
}

function spreadFacts(result: RunResult): readonly string[] {
  const { counts, imbalance } = connectionSpread(result);
  const facts = Object.entries(counts).map(([name, count]) => `${plainText(name)} ${formatCount(count)}`);
  return imbalance === null ? facts : [...facts, `max/mean ${imbalance.toFixed(2)}`];
}

function memoryFact(result: RunResult): readonly string[] {
  const memory = memoryPerConnection(result);
  return memory === null ? [] : [`${formatBytes(memory.bytes)} each (growth of the ${memory.of} ÷ connections)`];
}

function warningLines(warnings: readonly Warning[], palette: Palette, columns: number): readonly string[] {
  const body = (text: string) => wrapText(plainText(text), columns - 5);
  return [
    heading('Warnings', palette),
    ...warnings.flatMap((warning) => {
      const [first, ...rest] = body(`${warning.message} (${warning.code})`);
      const mark = warning.invalidates ? palette.bad('!') : palette.caution('!');
      return [
        `   ${mark} ${first}`,
        ...indented(rest, 5),
        ...indented(body(`→ ${warning.remedy}`).map(palette.quiet), 5),
      ];
    }),
  ];
}
