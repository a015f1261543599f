import { mergeThresholds } from './merge-thresholds.ts';
import { readOverrides, type ScenarioOverrides } from './overrides.ts';
import { type Problem, problemAt, problemWithFlag, scenarioError } from './problem.ts';
import type { GivenProtocol } from './read-protocol.ts';
import { readYaml, type YamlSource } from './read-yaml.ts';
import type { Scenario } from './scenario.ts';
import { readScenarioFile } from './scenario-file.ts';
import { settleScenario } from './settle-scenario.ts';

export interface ParseOptions {
  /** How problems name the text, normally its path. */
  readonly file: string;
  readonly overrides?: ScenarioOverrides | undefined;
  /** Says what is wrong with a threshold expression, in one line; null where nothing is. */
  readonly checkThreshold: (expression: string) => string | null;
  /** What `--protocol` gives; it replaces the file's. */
  readonly protocol?: GivenProtocol | undefined;
  /** Variables that a description may ask for. Where it is left out, nothing checks that they are set. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * YAML text → Scenario: defaults filled in, flags applied, units resolved.
 *
 * With a load of `stages` or `steps`, an overriding rate is the new highest rate and an overriding duration the new sum;
 * the shape is kept in proportion.
 *
 * @throws ChatbenchError `scenario-invalid`, its message with one line for each of all problems
 */
export function parseScenario(text: string, options: ParseOptions): Scenario {
  const source = readYaml(text, options.file);
  const given = options.overrides?.thresholds ?? [];
  const { flags, problems: flagProblems } = readOverrides(options.overrides ?? {});
  const problems = [
    ...source.problems,
    ...flagProblems,
    ...(options.protocol?.problems ?? []),
    ...checkGivenThresholds(given, options.checkThreshold),
  ];
  if (source.problems.length > 0) throw scenarioError(problems);

  const { values, broken, problems: fileProblems } = readScenarioFile(source);
  const settled = settleScenario({
    source,
    values,
    broken,
    flags,
    closed: options.overrides?.closed === true,
    protocol: options.protocol,
    environment: options.environment,
  });
  const ofFile = values.thresholds ?? [];
  problems.push(...fileProblems, ...settled.problems, ...checkFileThresholds(source, ofFile, options.checkThreshold));
  if (problems.length > 0 || settled.scenario === null) throw scenarioError(problems);
  return { ...settled.scenario, thresholds: mergeThresholds(ofFile, given) };
}

type Check = ParseOptions['checkThreshold'];

function checkFileThresholds(source: YamlSource, expressions: readonly string[], check: Check): readonly Problem[] {
  return expressions.flatMap((expression, index) => {
    const text = check(expression);
    if (text === null) return [];
    return [problemAt(source.file, source.locate(['thresholds', index]), `threshold ${quoted(expression)}: ${text}`)];
  });
}

function checkGivenThresholds(expressions: readonly string[], check: Check): readonly Problem[] {
  return expressions.flatMap((expression) => {
    const text = check(expression);
    return text === null ? [] : [problemWithFlag(`--threshold ${quoted(expression)}`, text)];
  });
}

function quoted(expression: string): string {
  return `'${expression}'`;
}
