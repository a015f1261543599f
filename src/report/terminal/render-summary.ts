import type { ThresholdOutcome, Verdict, Warning } from '../../gate/verdict.ts';
import { queueDepths } from '../../record/queue-depths.ts';
import type { RunResult } from '../../result/run-result.ts';
import { describeRefusals } from '../describe-refusals.ts';
import { describeVerdict } from '../describe-verdict.ts';
import { memoryPerConnection, targetLoads } from '../process-load.ts';
import { formatBytes, formatCount, formatDuration, formatPlural, formatRate, formatRatio } from '../quantities.ts';
import {
  connectionRates,
  connectionSpread,
  generatorLoad,
  measureRates,
  queueStatistics,
  reachedClients,
} from '../run-statistics.ts';
import { articleLines } from './article-lines.ts';
import { alignLeft, displayWidth, wrapText } from './display-width.ts';
import { drawChart } from './draw-chart.ts';
import { hopWaterfall } from './hop-waterfall.ts';
import { latencyTable } from './latency-table.ts';
import { choosePalette, type Palette } from './palette.ts';
import { plainText } from './plain-text.ts';

export interface SummaryOptions {
  readonly color: boolean;
  /** Width of the terminal; lines use at most 100 columns of it and are laid out for 80. */
  readonly columns: number;
  /** Where reports lie, as they should be printed; none where none was written. */
  readonly reportFiles?: readonly string[];
}

/** Columns of the name in front of a fact, the indentation included. */
const NAME_COLUMNS = 14;

const CHART_LINES = 5;
const LOADS_SHOWN = 6;

/**
 * The summary of a finished run for a person at a terminal, the verdict first. Lines fit `columns`, but no less than 72. Foreign
 * text carries no control character. Ends with a line break.
 */
export function renderSummary(result: RunResult, verdict: Verdict, options: SummaryOptions): string {
  const palette = choosePalette(options.color);
  const columns = Math.min(100, Math.max(72, options.columns));
  const blocks = [
    verdictLines(result, verdict, palette, columns),
    verdict.thresholds.length === 0 ? [] : thresholdLines(verdict.thresholds, palette, columns),
    latencyTable(result, palette, columns),
    hopWaterfall(result, palette, columns),
    accountLines(result, palette, columns),
    queueLines(result, palette, columns),
    articleLines(result, palette),
    targetLines(result, palette, columns),
    verdict.warnings.length === 0 ? [] : warningLines(verdict.warnings, palette, columns),
    fact('Report', options.reportFiles ?? [], palette),
  ];
  const text = blocks.filter((block) => block.length > 0).map((block) => block.join('\n'));
  return `\n${text.join('\n\n')}\n`;
}

function verdictLines(result: RunResult, verdict: Verdict, palette: Palette, columns: number): readonly string[] {
  const { word, reasons, finding } = describeVerdict(result, verdict);
  const banner = { Pass: palette.good('✓ PASS'), Fail: palette.bad('✗ FAIL'), Invalid: palette.caution('! INVALID') }[
    word
  ];
  const title = `${banner}  ${palette.strong(plainText(result.scenario.name))}`;
  const partial = result.completeness.status === 'partial' ? [partialNote(result)] : [];
  return [
    ` ${title}`,
    ...[...reasons, ...partial, finding].flatMap((text) => indented(wrapText(plainText(text), columns - 3), 3)),
  ];
}

function partialNote(result: RunResult): string {
  const { reason } = result.completeness;
  return `Partial result${reason === null ? '' : `: ${reason}`}. The figures cover what ran.`;
}

function thresholdLines(outcomes: readonly ThresholdOutcome[], palette: Palette, columns: number): readonly string[] {
  const expressions = outcomes.map((outcome) => plainText(outcome.expression));
  const width = Math.min(columns - 24, Math.max(...expressions.map(displayWidth)));
  return [
    heading('Thresholds', palette),
    ...outcomes.map((outcome, index) => {
      const mark = outcome.ok ? palette.good('✓') : palette.bad('✗');
      const actual = `actual ${plainText(outcome.actual)}`;
      return `   ${mark} ${alignLeft(expressions[index] ?? '', width)}   ${outcome.ok ? actual : palette.bad(actual)}`;
    }),
  ];
}

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
  const failures = Object.entries(connections.failures).map(
    ([reason, count]) => `${formatCount(count)} × ${plainText(reason)}`,
  );
  return [
    ...fact(
      'Messages',
      [
        `${formatCount(ledger.planned)} planned = ${formatCount(ledger.sent)} sent + ${troubled(ledger.skipped, 'skipped')}`,
        ...(ledger.limited > 0 ? [`${formatCount(ledger.limited)} refused beyond their sender's quota`] : []),
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
    ...fact('Limiter', limiterFacts(result), palette),
    ...fact('Rate', [`${formatRate(sentPerSecond)} sent, ${formatRate(deliveredPerSecond)} delivered`], palette),
    ...fact(
      'Connections',
      [
        connectionFacts,
        ...memoryFact(result),
        ...returns,
        ...(connections.left > 0
          ? [
              `${formatCount(connections.left)} left by themselves, ${formatCount(connections.returned)} of them came back`,
            ]
          : []),
        ...(reached === null
          ? []
          : [`${formatCount(reached.reached)} reached by a message (${formatRatio(reached.ratio)})`]),
        ...wrapFacts(failures, columns),
      ],
      palette,
    ),
    ...fact('Spread', wrapFacts(spreadFacts(result), columns), palette),
  ];
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

function queueLines(result: RunResult, palette: Palette, columns: number): readonly string[] {
  if (result.queue === null) {
    const why =
      result.target.workers === 0 ? 'none in this topology' : 'depth not observed: nothing to sample in this target';
    return fact('Queue', [why], palette);
  }
  const { queue, phases } = result;
  const { samples, maxDepth, drainUs } = queueStatistics(queue, phases);
  if (maxDepth === null) return fact('Queue', [`depth not observed: no sample from ${queue.source}`], palette);
  const gaps = queue.gaps === 0 ? '' : `, ${palette.caution(formatPlural(queue.gaps, 'gap'))}`;
  const chart = drawChart(
    queueDepths(queue),
    { columns: columns - 4, height: Math.min(CHART_LINES, Math.max(1, maxDepth)) },
    (value) => formatCount(value),
  );
  return [
    ...fact(
      'Queue',
      [
        `peak ${formatPlural(maxDepth, 'message')}, ${drainFact(drainUs, palette)}`,
        `${formatPlural(samples, 'sample')} (${queue.source}, every ${queue.intervalMs} ms)${gaps}`,
      ],
      palette,
    ),
    ...indented(chart, 3),
    palette.quiet(`   messages waiting or at a worker, over ${formatDuration(queue.atUs.at(-1) ?? 0)}`),
  ];
}

function drainFact(drainUs: number | null, palette: Palette): string {
  if (drainUs === null) return palette.bad('not empty at the end');
  return drainUs === 0 ? 'empty when the load ended' : `empty ${formatDuration(drainUs)} after the load ended`;
}

function targetLines(result: RunResult, palette: Palette, columns: number): readonly string[] {
  const { target } = result;
  const { publicHosts = [] } = target;
  const { url, balance } = result.scenario.target;
  const parts = [
    target.topology === null ? '' : `topology ${plainText(target.topology)}`,
    target.gateways === null ? '' : formatPlural(target.gateways, 'gateway'),
    target.workers === null || target.workers === 0 ? '' : formatPlural(target.workers, 'worker'),
    target.queueType === 'quorum' ? 'quorum queues' : '',
    balance === 'none' ? '' : `nginx ${balance}`,
  ].filter((part) => part !== '');
  const components = target.components.map(({ name, version }) => plainText(`${name} ${version}`));
  return [
    ...fact(
      'Target',
      [
        ...wrapFacts(
          [`${target.kind}${target.kind === 'embedded' ? ' (in-process, no real broker)' : ''}`, ...parts],
          columns,
        ),
        ...wrapFacts(components, columns),
        ...(url === null ? [] : wrapText(plainText(url), columns - NAME_COLUMNS)),
        ...(publicHosts.length === 0 ? [] : wrapText(plainText(describePublic(publicHosts)), columns - NAME_COLUMNS)),
      ],
      palette,
    ),
    ...fact('CPU', wrapFacts(loadFacts(result, palette), columns), palette),
    ...fact('Generator', [generatorFact(result)], palette),
  ];
}

function describePublic(hosts: readonly string[]): string {
  return `public ${hosts.length === 1 ? 'host' : 'hosts'} ${hosts.join(', ')}, named by --allow-target`;
}

/** The busiest part of the target first: where to look when it is slow. */
function loadFacts(result: RunResult, palette: Palette): readonly string[] {
  return targetLoads(result)
    .slice(0, LOADS_SHOWN)
    .map(({ name, cpuRatio }, index) => {
      const text = `${plainText(name)} ${Math.round(cpuRatio * 100)} %`;
      return index === 0 ? palette.strong(text) : text;
    });
}

function memoryFact(result: RunResult): readonly string[] {
  const memory = memoryPerConnection(result);
  return memory === null ? [] : [`${formatBytes(memory.bytes)} each (growth of the ${memory.of} ÷ connections)`];
}

function generatorFact(result: RunResult): string {
  const load = generatorLoad(result);
  if (load === null) return 'no shard reported';
  const { reported, planned } = result.shards;
  return `${reported} of ${formatPlural(planned, 'shard')}, ${formatRatio(load.cpuRatio)} of a core, ${formatBytes(load.memoryBytes)}`;
}

function warningLines(warnings: readonly Warning[], palette: Palette, columns: number): readonly string[] {
  const body = (text: string) => wrapText(plainText(text), columns - 5);
  return [
    heading('Warnings', palette),
    ...warnings.flatMap((warning) => {
      const [first, ...rest] = body(`${warning.message} (${warning.code})`);
      const mark = warning.spoils ? palette.bad('!') : palette.caution('!');
      return [
        `   ${mark} ${first}`,
        ...indented(rest, 5),
        ...indented(body(`→ ${warning.remedy}`).map(palette.quiet), 5),
      ];
    }),
  ];
}

function heading(text: string, palette: Palette): string {
  return ` ${palette.strong(text)}`;
}

function fact(name: string, lines: readonly string[], palette: Palette): readonly string[] {
  return lines.map((line, index) => {
    const label = index === 0 ? palette.strong(name) : '';
    return ` ${alignLeft(label, NAME_COLUMNS - 1)}${line}`;
  });
}

function wrapFacts(facts: readonly string[], columns: number): readonly string[] {
  return facts.length === 0 ? [] : wrapText(facts.join(', '), columns - NAME_COLUMNS);
}

function indented(lines: readonly string[], columns: number): readonly string[] {
  return lines.map((line) => ' '.repeat(columns) + line);
}
