import { formatBytes, formatDuration, formatRate, formatRatio } from '../../quantities.ts';
import type { Stage } from '../../scenario/scenario.ts';

/**
 * "load.rate: base 20/s, head 30/s": one line for each key that differs, as deep as both sides have it.
 *
 * @param path of both values, empty for the whole; keys lose the unit that their values have
 */
export function listKeyDifferences(path: string, base: unknown, head: unknown): readonly string[] {
  if (isMapping(base) && isMapping(head)) {
    return [...new Set([...Object.keys(base), ...Object.keys(head)])].flatMap((key) =>
      listKeyDifferences(path === '' ? key : `${path}.${key}`, base[key], head[key]),
    );
  }
  if (JSON.stringify(base) === JSON.stringify(head)) return [];
  if (path === 'load.stages') return describeStages(base as readonly Stage[], head as readonly Stage[]);
  return [tell(path.replace(/(Us|PerSecond)$/, ''), describeValue(path, base), describeValue(path, head))];
}

/** Of two steady loads only the rate is told: their length is that of measure. */
function describeStages(base: readonly Stage[], head: readonly Stage[]): readonly string[] {
  const rates = [base, head].map(([first, ...rest]) =>
    rest.length === 0 && first !== undefined && first.fromPerSecond === first.toPerSecond ? first.fromPerSecond : null,
  );
  const [from, to] = rates;
  if (from != null && to != null) return from === to ? [] : [tell('load.rate', formatRate(from), formatRate(to))];
  const [before, after] = [base, head].map((stages) => stages.map(describeStage).join(', then '));
  return [tell('load.stages', before!, after!)];
}

function describeStage({ fromPerSecond, toPerSecond, durationUs, name }: Stage): string {
  const rate = fromPerSecond === toPerSecond ? '' : `${formatRate(fromPerSecond)} → `;
  return `${rate}${formatRate(toPerSecond)} for ${formatDuration(durationUs)}${name === undefined ? '' : ` (${name})`}`;
}

function tell(key: string, base: string, head: string): string {
  return `${key}: base ${base}, head ${head}`;
}

function describeValue(path: string, value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (typeof value !== 'number') return typeof value === 'string' ? value : JSON.stringify(value);
  if (path.endsWith('Us')) return formatDuration(value);
  if (path.endsWith('PerSecond')) return formatRate(value);
  if (path.endsWith('bytes')) return formatBytes(value);
  return path.endsWith('Share') ? formatRatio(value) : String(value);
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
