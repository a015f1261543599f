import { formatBytes, formatCount, formatLatency, formatShare } from '../../../quantities.ts';
import type { Equation, Fact, ReportData, Tally } from '../report-data.ts';
import { element } from './element.ts';
import { factList } from './facts.ts';
import { rampChart } from './ramp-chart.ts';
import { foldedSection, section } from './section.ts';
import { figure, table, tableOnDemand, text } from './table.ts';

export function thresholdSection({ verdict }: ReportData): HTMLElement | null {
  if (verdict.thresholds.length === 0) return null;
  const rows = verdict.thresholds.map((threshold) => [
    element('code', {}, threshold.expression),
    threshold.actual,
    outcomeMark(threshold),
  ]);
  return section('thresholds', 'Thresholds', table('Thresholds', [text('Wanted'), figure('Actual'), text('')], rows));
}

function outcomeMark({ ok, undecided }: ReportData['verdict']['thresholds'][number]): HTMLElement {
  if (undecided !== undefined) return element('span', { class: 'caution', title: undecided }, '? undecided');
  return element('span', { class: ok ? 'good' : 'bad' }, ok ? '✓ holds' : '✗ missed');
}

export function warningSection({ verdict }: ReportData): HTMLElement | null {
  if (verdict.warnings.length === 0) return null;
  const items = verdict.warnings.map((warning) =>
    element(
      'li',
      { class: warning.invalidates ? 'bad' : 'caution' },
      element('p', {}, warning.message, ' ', element('code', {}, warning.code)),
      element('p', { class: 'remedy' }, warning.remedy),
      warning.invalidates && verdict.status === 'invalid'
        ? element('p', { class: 'note' }, 'This alone makes the run invalid.')
        : null,
    ),
  );
  return section('warnings', 'Warnings', element('ul', { class: 'warnings' }, ...items));
}

export function ledgerSection({ ledger }: ReportData): HTMLElement {
  return section(
    'ledger',
    'Ledger',
    ...ledger.equations.map(equationLine),
    element('p', { class: 'besides' }, 'Besides: ', ...ledger.besides.flatMap(besideItem)),
    ...ledger.refusals.map((sentence) => element('p', { class: 'besides' }, sentence)),
    ledger.warmup === null ? null : element('p', { class: 'bad' }, ledger.warmup),
    ledger.examples.length === 0 ? null : exampleTable(ledger.examples),
  );
}

function equationLine({ subject, total, parts }: Equation): HTMLElement {
  return element(
    'p',
    { class: 'equation' },
    element('span', { class: 'subject' }, subject),
    ' ',
    term(total),
    element('span', { class: 'operator' }, ' = '),
    ...parts.flatMap((part, index) => [
      ...(index === 0 ? [] : [element('span', { class: 'operator' }, ' + ')]),
      term(part),
    ]),
  );
}

function term(fact: Fact): HTMLElement {
  return element('span', { class: `term ${fact.tone ?? 'calm'}` }, element('b', {}, fact.value), ` ${fact.name}`);
}

function besideItem(fact: Fact, index: number): readonly (Node | string)[] {
  return [index === 0 ? '' : ', ', element('span', { class: fact.tone ?? 'calm' }, `${fact.value} ${fact.name}`)];
}

function exampleTable(examples: ReportData['ledger']['examples']): HTMLElement {
  const columns = [
    text('What'),
    figure('Message'),
    figure('Room'),
    figure('Sender'),
    figure('Recipient'),
    figure('Due, s'),
  ];
  const rows = examples.map((example) => [
    example.kind,
    String(example.sequence),
    String(example.room),
    String(example.sender),
    String(example.recipient),
    (example.intendedAtUs / 1_000_000).toFixed(3),
  ]);
  return table('The first troubled messages', columns, rows);
}

export function connectionsSection({ connections }: ReportData): HTMLElement {
  return foldedSection(
    'connections',
    'Connections',
    factList(connections.facts),
    connections.ramp === null ? null : rampChart(connections.ramp),
    tallyTable('Connections per gateway, as the gateways count them', 'Gateway', 'Connections', connections.perGateway),
    tallyTable('Connections per endpoint', 'Endpoint', 'Connections', connections.perEndpoint),
    tallyTable('Why connections failed', 'Reason', 'Failures', connections.failures),
    tallyTable('How connections ended before the run did', 'End', 'Connections', connections.drops),
  );
}

function tallyTable(caption: string, what: string, unit: string, tallies: readonly Tally[]): HTMLElement | null {
  if (tallies.length === 0) return null;
  const rows = tallies.map(({ name, count }) => [name, formatCount(count)]);
  return table(caption, [text(what), figure(unit)], rows);
}

export function targetSection({ target }: ReportData): HTMLElement {
  return foldedSection('target', 'Target', factList(target));
}

export function generatorSection({ generator }: ReportData): HTMLElement {
  const columns = [
    figure('Shard'),
    figure('CPU'),
    figure('Starved'),
    figure('Memory'),
    figure('GC, total'),
    figure('GC, longest'),
    figure('Buffered'),
    figure('Files'),
    figure('Ports'),
  ];
  const rows = generator.shards.map((shard) => [
    String(shard.shard),
    formatShare(shard.cpuRatio),
    formatShare(shard.starvedRatio),
    formatBytes(shard.memoryBytes),
    formatLatency(shard.gcPauseUs),
    formatLatency(shard.gcPauseMaxUs),
    formatBytes(shard.bufferedBytesMax),
    ofLimit(shard.openFiles, shard.openFilesLimit),
    ofLimit(shard.portsUsed, shard.portsLimit),
  ]);
  return foldedSection(
    'generator',
    'Generator health',
    factList(generator.facts),
    rows.length === 0 ? null : table('Health of each shard', columns, rows),
  );
}

function ofLimit(used: number | null, limit: number | null): string {
  if (used === null) return 'no data';
  return limit === null ? formatCount(used) : `${formatCount(used)} of ${formatCount(limit)}`;
}

export function environmentSection({ environment }: ReportData): HTMLElement {
  return foldedSection('environment', 'Environment', factList(environment));
}

export function reproduceSection({ heading, scenario, scenarioText, command }: ReportData): HTMLElement {
  return foldedSection(
    'reproduce',
    'Run it again',
    element('pre', { tabindex: '0', 'aria-label': 'Command that repeats this run' }, element('code', {}, command)),
    element('p', { class: 'note' }, `Scenario ${heading.scenario}: ${heading.question}`),
    factList(scenario),
    tableOnDemand('The whole scenario, settled', () =>
      element('pre', { tabindex: '0', 'aria-label': 'Scenario' }, element('code', {}, scenarioText)),
    ),
  );
}
