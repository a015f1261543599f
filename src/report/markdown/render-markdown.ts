import type { Verdict } from '../../gate/verdict.ts';
import {
  formatBytes,
  formatCores,
  formatCount,
  formatDuration,
  formatMs,
  formatPlural,
  formatRate,
  formatRatio,
} from '../../quantities.ts';
import type { RunResult } from '../../result/run-result.ts';
import { ARTICLE_NOTES, articleRows } from '../article-rows.ts';
import { describeDrain } from '../describe-drain.ts';
import { describeLoad, describePopulation } from '../describe-load.ts';
import { describeReach } from '../describe-reach.ts';
import { describeRefusals } from '../describe-refusals.ts';
import { describeVerdict } from '../describe-verdict.ts';
import { driftRows } from '../drift-rows.ts';
import { describeOutcome, faultRows } from '../fault-rows.ts';
import { groupFigures, groupLosses, groupRows } from '../group-rows.ts';
import { bracketFew, LATENCY_COLUMNS } from '../latency-columns.ts';
import { latencyRows } from '../latency-rows.ts';
import { observedRows } from '../observed-rows.ts';
import { reproduceCommand } from '../reproduce-command.ts';
import { connectionRates, measureRates, queueStatistics } from '../run-statistics.ts';
import { serviceTimeLabel } from '../service-time-label.ts';
import { slowRows } from '../slow-rows.ts';
import { trafficEnds, trafficRows } from '../traffic-rows.ts';
import { codeSpan, escapeMarkdown, markdownTable } from './markdown-text.ts';

const MARKS = { Pass: '✅', Fail: '❌', Invalid: '⚠️' } as const;

/** The summary of a run as Markdown (GitHub flavour), the verdict first. Foreign text cannot become markup. */
export function renderMarkdown(result: RunResult, verdict: Verdict): string {
  const blocks = [
    verdictBlock(result, verdict),
    diagnosisBlock(verdict),
    thresholdBlock(verdict),
    latencyBlock(result),
    accountBlock(result),
    driftBlock(verdict),
    slowBlock(result),
    faultBlock(result),
    articleBlock(result),
    warningBlock(verdict),
    reachBlock(result),
    settingBlock(result),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function verdictBlock(result: RunResult, verdict: Verdict): string {
  const { word, reasons, finding } = describeVerdict(result, verdict);
  const { status, reason } = result.completeness;
  const partial = status === 'partial' ? [`Partial result: ${reason ?? 'it ended early'}.`] : [];
  return [
    `## ${MARKS[word]} ${word}: ${escapeMarkdown(result.scenario.name)}`,
    `${[...reasons, ...partial].map((text) => `**${escapeMarkdown(text)}**`).join('  \n')}`,
    escapeMarkdown(finding),
  ].join('\n\n');
}

function thresholdBlock({ thresholds }: Verdict): string {
  if (thresholds.length === 0) return '';
  const rows = thresholds.map(({ ok, undecided, expression, actual }) => [
    ok ? '✅' : undecided === undefined ? '❌' : '❔',
    codeSpan(expression),
    escapeMarkdown(actual),
  ]);
  return markdownTable(['', 'Threshold', 'Actual'], ['left', 'left', 'right'], rows);
}

function diagnosisBlock({ diagnosis = [] }: Verdict): string {
  return diagnosis.map(({ code, text }) => `- ${escapeMarkdown(text)} (${codeSpan(code)})`).join('\n');
}

/** In a fold of its own: whoever looks for a trace opens it. */
function slowBlock(result: RunResult): string {
  const rows = slowRows(result).map(({ latency, traceId, utc, who, hops }) => [
    latency,
    codeSpan(traceId),
    utc,
    who,
    escapeMarkdown(hops),
  ]);
  if (rows.length === 0) return '';
  const table = markdownTable(
    ['Slowest messages', 'Trace', 'Due', 'Whose', 'Where'],
    ['right', 'left', 'left', 'left', 'left'],
    rows,
  );
  return `<details><summary>The slowest messages, with their traces</summary>\n\n${table}\n\n</details>`;
}

function driftBlock(verdict: Verdict): string {
  const rows = driftRows(verdict).map(({ name, perHour, interval, judgement, drifts }) => [
    escapeMarkdown(name),
    perHour,
    interval,
    drifts ? `**${escapeMarkdown(judgement)}**` : judgement,
  ]);
  if (rows.length === 0) return '';
  return markdownTable(['Over time', 'an hour', 'with 99 % confidence', ''], ['left', 'right', 'right', 'left'], rows);
}

function latencyBlock(result: RunResult): string {
  const rows = latencyRows(result).map(({ name, values }) => [
    name === 'delivery' ? '**delivery**' : escapeMarkdown(name),
    ...LATENCY_COLUMNS.map(([title, field]) =>
      values === null ? formatMs(null) : bracketFew(formatMs(values[field]), title, values.count),
    ),
    values === null ? 'no data' : formatCount(values.count),
  ]);
  const titles = [`Latency, ms${serviceTimeLabel(result)}`, ...LATENCY_COLUMNS.map(([title]) => title), 'count'];
  return markdownTable(
    titles,
    titles.map((_, index) => (index === 0 ? 'left' : 'right')),
    rows,
  );
}

function accountBlock(result: RunResult): string {
  const { ledger, connections } = result.samples;
  const rates = measureRates(result);
  const besides = (['duplicated', 'reordered', 'misrouted', 'late'] as const).map(
    (kind) => `${formatCount(ledger[kind])} ${kind}`,
  );
  const rows = [
    [
      'Messages',
      `${formatCount(ledger.planned)} planned = ${formatCount(ledger.sent)} sent + ${formatCount(ledger.skipped)} skipped${ledger.unsendable === 0 ? '' : ` + ${formatCount(ledger.unsendable)} unsendable`}`,
    ],
    [
      'Deliveries',
      `${formatCount(ledger.expected)} expected = ${formatCount(ledger.once)} once + ${formatCount(ledger.lost)} lost; ${besides.join(', ')}`,
    ],
    ...refusalRows(result),
    ['Rate', `${formatRate(rates.sentPerSecond)} sent, ${formatRate(rates.deliveredPerSecond)} delivered`],
    [
      'Connections',
      `${formatCount(connections.opened)} of ${formatCount(connections.attempted)} opened (${formatRatio(connectionRates(connections).successRatio)}), ${formatCount(connections.dropped)} dropped`,
    ],
    ['Queue', describeQueue(result)],
    ...observedRows(result).map(({ name, min, mean, max, last, gaps }) => [
      escapeMarkdown(`Observed: ${name}`),
      escapeMarkdown(
        `min ${min}, mean ${mean}, max ${max}, last ${last}${gaps === 0 ? '' : `, ${formatPlural(gaps, 'gap')}`}`,
      ),
    ]),
    ...groupRows(result).map((row) => [
      escapeMarkdown(`Group: ${row.name}`),
      escapeMarkdown([...groupFigures(row), ...groupLosses(row)].join(', ')),
    ]),
    ...trafficRows(result).map((row) => [
      `Beside: ${row.name}`,
      `${formatCount(row.sent)} of ${formatCount(row.planned)} sent, ${[`${formatCount(row.failed)} failed`, ...trafficEnds(row)].join(', ')}`,
    ]),
  ];
  return markdownTable(['Account', ''], ['left', 'left'], rows);
}

function articleBlock(result: RunResult): string {
  const rows = articleRows(result).map(({ name, figure, source, truth }) =>
    [name, figure, `${source}: ${truth}`].map(escapeMarkdown),
  );
  if (rows.length === 0) return '';
  const titles = ['As in the article', '', 'The truth'];
  return `${markdownTable(titles, ['left', 'right', 'left'], rows)}\n\n${escapeMarkdown(ARTICLE_NOTES.join(' '))}`;
}

function refusalRows({ samples: { refusals, serverErrors } }: RunResult): readonly string[][] {
  return [
    ...(refusals.length === 0 ? [] : [['Refused', escapeMarkdown(describeRefusals(refusals))]]),
    ...(serverErrors.length === 0
      ? []
      : [['Errors that name no message', escapeMarkdown(describeRefusals(serverErrors))]]),
  ];
}

function describeQueue(result: RunResult): string {
  if (result.queue === null) return result.target.workers === 0 ? 'none in this topology' : 'not observed';
  const { maxDepth, drainUs } = queueStatistics(result.queue, result.phases);
  if (maxDepth === null) return 'not observed';
  return `peak ${formatPlural(maxDepth, 'message')}, ${describeDrain(drainUs)}`;
}

function faultBlock(result: RunResult): string {
  const rows = faultRows(result).map((row) => [
    formatDuration(row.atUs),
    escapeMarkdown(row.text),
    escapeMarkdown(describeOutcome(row) ?? ''),
  ]);
  return rows.length === 0 ? '' : markdownTable(['At', 'Fault', ''], ['right', 'left', 'left'], rows);
}

function warningBlock({ warnings }: Verdict): string {
  const items = warnings.map(
    ({ code, message, remedy }) => `- ${escapeMarkdown(message)} (${codeSpan(code)})  \n  → ${escapeMarkdown(remedy)}`,
  );
  return items.length === 0 ? '' : ['### Warnings', '', ...items].join('\n');
}

/** Not folded away with the setting: whoever reads the summary has to see it. */
function reachBlock({ target }: RunResult): string {
  const reach = describeReach(target);
  return reach.length === 0 ? '' : `Target: ${escapeMarkdown(reach.join('; '))}`;
}

function settingBlock(result: RunResult): string {
  const { scenario, target, environment } = result;
  const components = target.components.map(({ name, version }) => `${name} ${version}`);
  const rows = [
    ['Load', escapeMarkdown(`${describeLoad(scenario.load)}, ${describePopulation(scenario)}`)],
    [
      'Target',
      escapeMarkdown([target.kind, target.topology, ...components].filter((part) => part !== null).join(', ')),
    ],
    [
      'Machine',
      escapeMarkdown(
        `${environment.cpu}, ${formatCores(environment)}, ${formatBytes(environment.memoryBytes)}, ${environment.os}, Node ${environment.node}, chatbench ${environment.chatbench}`,
      ),
    ],
    ['Again', codeSpan(reproduceCommand(result))],
  ];
  return [
    '<details><summary>Load, target, machine</summary>',
    '',
    markdownTable(['', ''], ['left', 'left'], rows),
    '',
    '</details>',
  ].join('\n');
}
