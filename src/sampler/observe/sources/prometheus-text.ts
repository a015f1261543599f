/**
 * The sum of a metric's samples that have all of these labels, of a text in Prometheus' exposition format 0.0.4 or of OpenMetrics;
 * null where there is none. Only lines that begin with the name are taken apart: a target's endpoint may have tens of thousands,
 * and is read by the process that times the run.
 */
export function sumSamples(text: string, metric: string, labels: Readonly<Record<string, string>>): number | null {
  const wanted = Object.entries(labels);
  let sum: number | null = null;
  for (let at = text.indexOf(metric); at !== -1; at = text.indexOf(metric, at + metric.length)) {
    if (at > 0 && text.charCodeAt(at - 1) !== NEWLINE) continue;
    const end = text.indexOf('\n', at);
    const value = readSample(text.slice(at + metric.length, end === -1 ? text.length : end), wanted);
    if (value !== null) sum = (sum ?? 0) + value;
  }
  return sum;
}

const NEWLINE = 10;
/** A name and its value in quotes, in which a backslash escapes. */
const LABEL = /\s*([A-Za-z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?/y;

/** @param rest of a line, behind the name */
function readSample(rest: string, wanted: readonly (readonly [string, string])[]): number | null {
  if (!/^[\s{]/.test(rest)) return null;
  const found = new Map<string, string>();
  let at = rest.search(/\S/);
  if (rest[at] === '{') {
    LABEL.lastIndex = at + 1;
    let next = at + 1;
    for (let match = LABEL.exec(rest); match !== null; match = LABEL.exec(rest)) {
      found.set(match[1]!, readEscapes(match[2]!));
      next = LABEL.lastIndex;
    }
    at = rest.indexOf('}', next) + 1;
    if (at === 0) return null;
  }
  if (wanted.some(([name, value]) => found.get(name) !== value)) return null;
  const [text = ''] = rest.slice(at).trim().split(/\s/, 1);
  const value = text === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}

function readEscapes(text: string): string {
  return text.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
}
