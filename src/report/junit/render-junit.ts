import { create } from 'xmlbuilder2';
import type { ThresholdOutcome, Verdict } from '../../gate/verdict.ts';
import { formatCount } from '../../quantities.ts';
import type { RunResult } from '../../result/run-result.ts';
import { describeFailures, type Failure } from '../describe-failures.ts';
import { describeVerdict } from '../describe-verdict.ts';
import { slowRows } from '../slow-rows.ts';
import { plainText } from '../terminal/plain-text.ts';

type Node = Readonly<Record<string, unknown>>;

/**
 * The verdict as JUnit XML: one test case per threshold, a missed one as failure. Where the run is invalid nothing was judged:
 * every case is an error, with the reason; a run without thresholds then has one case of its own.
 */
export function renderJunit(result: RunResult, verdict: Verdict): string {
  const cases = casesOf(result, verdict);
  const counts = {
    '@tests': cases.length,
    '@failures': cases.filter((testcase) => 'failure' in testcase).length,
    '@errors': cases.filter((testcase) => 'error' in testcase).length,
    '@time': seconds(result.phases.drainEndUs),
  };
  return create(
    { version: '1.0', encoding: 'UTF-8' },
    {
      testsuites: {
        '@name': 'chatbench',
        ...counts,
        testsuite: {
          '@name': text(result.scenario.name),
          ...counts,
          '@skipped': cases.filter((testcase) => 'skipped' in testcase).length,
          '@timestamp': result.startedAt.replace(/(\.\d+)?Z$/, ''),
          properties: { property: propertiesOf(result, verdict) },
          testcase: cases,
          'system-out': [
            text(describeVerdict(result, verdict).finding),
            ...verdict.warnings.map(({ code, message }) => text(`${message} (${code})`)),
            ...connectionEnds(result),
            ...traces(result),
          ].join('\n'),
        },
      },
    },
  ).end({ prettyPrint: true });
}

/** The slowest messages, to be opened in a tracing tool, a line each. */
function traces(result: RunResult): readonly string[] {
  return slowRows(result).map(({ latency, traceId, utc, who }) => `${latency} trace ${traceId}, due ${utc}, ${who}`);
}

/** Why connections failed, and how others ended before the run did, a line each. */
function connectionEnds({ samples: { connections } }: RunResult): readonly string[] {
  return [connections.failures, connections.drops]
    .flatMap((reasons) => Object.entries(reasons))
    .map(([reason, times]) => `${formatCount(times)} × ${text(reason)}`);
}

function propertiesOf(result: RunResult, verdict: Verdict): readonly Node[] {
  const { target } = result;
  const properties = {
    run: result.id,
    verdict: verdict.status,
    target: target.kind,
    topology: target.topology ?? 'unknown',
    ...Object.fromEntries(target.components.map(({ name, version }) => [name, version])),
  };
  return Object.entries(properties).map(([name, value]) => ({ '@name': text(name), '@value': text(value) }));
}

function casesOf(result: RunResult, verdict: Verdict): readonly Node[] {
  const classname = `chatbench.${text(result.scenario.name)}`;
  const named = (name: string, outcome: Node): Node => ({
    '@name': text(name),
    '@classname': classname,
    '@time': seconds(result.phases.measureEndUs - result.phases.warmupEndUs),
    ...outcome,
  });
  const failures = describeFailures(result, verdict);
  if (verdict.status !== 'invalid')
    return verdict.thresholds.map((threshold) => named(threshold.expression, judged(threshold, failures)));
  const names = verdict.thresholds.map(({ expression }) => expression);
  return (names.length === 0 ? ['the run is valid'] : names).map((name) => named(name, spoiled(result, verdict)));
}

/** A missed one tells the cause that it shares with others. */
function judged(outcome: ThresholdOutcome, failures: readonly Failure[]): Node {
  const { ok, undecided, actual, expression } = outcome;
  if (ok) return {};
  if (undecided !== undefined) return { skipped: { '@message': text(`undecided, actual ${actual}: ${undecided}`) } };
  const shared = failures.find(({ missed }) => missed.length > 1 && missed.includes(outcome));
  const cause = shared === undefined ? '' : `: ${shared.reason}`;
  return {
    failure: {
      '@type': 'threshold',
      '@message': text(`actual ${actual}${cause}`),
      '#': text(`${expression}: it was ${actual}${cause === '' ? '' : `\n${shared?.reason}`}`),
    },
  };
}

function spoiled(result: RunResult, verdict: Verdict): Node {
  const { reasons } = describeVerdict(result, verdict);
  const remedies = verdict.warnings
    .filter(({ invalidates }) => invalidates)
    .map(({ code, message, remedy }) => text(`${message} (${code}): ${remedy}`));
  return {
    error: { '@type': 'invalid', '@message': text(reasons.join('; ')), '#': remedies.join('\n') },
  };
}

/** Without characters that XML cannot hold: they become visible escapes. */
function text(foreign: string): string {
  return plainText(foreign).replaceAll(/[\ufffe\uffff]/g, '\ufffd');
}

function seconds(us: number): string {
  return (Math.max(0, us) / 1_000_000).toFixed(3);
}
