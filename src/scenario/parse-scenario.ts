import { QUICK } from './defaults.ts';
import { mergeThresholds } from './merge-thresholds.ts';
import { readOverrides, type ScenarioOverrides } from './overrides.ts';
import { type Problem, problemAt, problemWithFlag, scenarioError } from './problem.ts';
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
  const quick = options.overrides?.quick === true;
  const source = readYaml(text, options.file, quick);
  const given = options.overrides?.thresholds ?? [];
  const { flags, problems: flagProblems } = readOverrides(
    quick ? shorten(source, options.overrides) : (options.overrides ?? {}),
  );
  const problems = [...source.problems, ...flagProblems, ...checkGivenThresholds(given, options.checkThreshold)];
  if (source.problems.length > 0) throw scenarioError(problems);

  const { values, broken, problems: fileProblems } = readScenarioFile(source);
  const settled = settleScenario({ source, values, broken, flags, closed: options.overrides?.closed === true });
  const ofFile = values.thresholds ?? [];
  problems.push(...fileProblems, ...settled.problems, ...checkFileThresholds(source, ofFile, options.checkThreshold));
  if (source.hasQuick && !quick) problems.push(...problemsOfQuick(text, options));
  if (problems.length > 0 || settled.scenario === null) throw scenarioError(problems);
  return { ...settled.scenario, thresholds: mergeThresholds(ofFile, given) };
}

/** Where a scenario does not say what quick is, it is a short measure. */
function shorten({ hasQuick }: YamlSource, overrides: ScenarioOverrides = {}): ScenarioOverrides {
  return hasQuick ? overrides : { duration: QUICK.duration, warmup: QUICK.warmup, ...defined(overrides) };
}

function defined(overrides: ScenarioOverrides): ScenarioOverrides {
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
}

/** A mistake in the section `quick` is told before anybody needs it. */
function problemsOfQuick(text: string, { file }: ParseOptions): readonly Problem[] {
  const source = readYaml(text, file, true);
  const { values, broken, problems } = readScenarioFile(source);
  return [...problems, ...settleScenario({ source, values, broken, flags: {}, closed: false }).problems];
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
