import { DEFAULTS, QUICK } from './defaults.ts';
import { mergeThresholds } from './merge-thresholds.ts';
import type { ObservationRequest } from './observe.ts';
import { readOverrides, type ScenarioOverrides } from './overrides.ts';
import { type Problem, problemAt, problemWithFlag, scenarioError } from './problem.ts';
import type { GivenProtocol } from './read-protocol.ts';
import { readYaml, type YamlSource } from './read-yaml.ts';
import * as rules from './rules.ts';
import type { AbortRule, ExitRule, Group, Scenario, TargetRequest } from './scenario.ts';
import { readScenarioFile, type ScenarioFile } from './scenario-file.ts';
import { read } from './setting.ts';
import { checkGroup } from './settle-groups.ts';
import { checkObserved } from './settle-observe.ts';
import { settleScenario } from './settle-scenario.ts';

export interface ParseOptions {
  /** How problems name the text, normally its path. */
  readonly file: string;
  readonly overrides?: ScenarioOverrides | undefined;
  /** Says what is wrong with a threshold expression, in one line; null where nothing is. Stage names may stand in it. */
  readonly checkThreshold: (expression: string, stageNames: readonly string[] | undefined) => string | null;
  /** The same for one that is to end the run early; left out, every threshold can. */
  readonly checkAbort?: ParseOptions['checkThreshold'] | undefined;
  /** What `--protocol` gives; it replaces the file's. */
  readonly protocol?: GivenProtocol | undefined;
  /** Variables that a description may ask for. Where it is left out, nothing checks that they are set. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** What a target of kind `auto` is on this machine, and so which faults it can have. Left out: `local`, which can have all. */
  readonly resolveAuto?: ((target: TargetRequest) => 'local' | 'embedded') | undefined;
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
  const problems = [...source.problems, ...flagProblems, ...(options.protocol?.problems ?? [])];
  if (source.problems.length > 0)
    throw scenarioError([...problems, ...checkGivenThresholds(given, options, undefined)]);

  const { values, broken, problems: fileProblems } = readScenarioFile(source);
  const stageNames = broken.has('stages') ? undefined : (values.stages ?? []).flatMap(({ name }) => name ?? []);
  const settled = settleScenario({
    source,
    values,
    broken,
    flags,
    closed: options.overrides?.closed === true,
    protocol: options.protocol,
    environment: options.environment,
    noHops: options.overrides?.hops === false,
    resolveAuto: options.resolveAuto ?? NOTHING_GIVEN.resolveAuto,
  });
  const ofFile = values.thresholds ?? [];
  if (source.hasQuick && !quick) problems.push(...problemsOfQuick(text, options));
  problems.push(...fileProblems, ...settled.problems, ...checkFileThresholds(source, ofFile, options, stageNames));
  problems.push(...checkGivenThresholds(given, options, stageNames));
  if (settled.scenario !== null) {
    const observe = settled.scenario.observe ?? [];
    const named = namedOnly(observe, settled.scenario.groups ?? []);
    problems.push(...checkFileThresholds(source, ofFile, named, stageNames));
    problems.push(...checkGivenThresholds(given, named, stageNames));
  }
  if (problems.length > 0 || settled.scenario === null)
    throw scenarioError(problems, hintAtQuick(text, options, source));
  const expressions = ofFile.map(({ expect }) => expect);
  const thresholds = mergeThresholds(expressions, given);
  const exits = listExits(ofFile, thresholds);
  return {
    ...settled.scenario,
    thresholds,
    aborts: listAborts(ofFile, thresholds),
    ...(exits.length === 0 ? {} : { exits }),
  };
}

/** Looks at nothing of a threshold but whether what it names is observed, and the group is there that it is of. */
function namedOnly(
  observe: readonly ObservationRequest[],
  groups: readonly Group[],
): Pick<ParseOptions, 'checkThreshold'> {
  return { checkThreshold: (expression) => checkObserved(expression, observe) ?? checkGroup(expression, groups) };
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
  return [...problems, ...settleScenario({ ...NOTHING_GIVEN, source, values, broken }).problems];
}

/** What a section `quick` puts right, such as faults that this target cannot have. */
function hintAtQuick(text: string, options: ParseOptions, { hasQuick }: YamlSource): string | undefined {
  if (!hasQuick || options.overrides?.quick === true) return undefined;
  try {
    parseScenario(text, { ...options, overrides: { ...options.overrides, quick: true } });
    return 'its quick version has none of this: --quick runs it';
  } catch {
    return undefined;
  }
}

const NOTHING_GIVEN = {
  flags: {},
  closed: false,
  noHops: false,
  protocol: undefined,
  environment: undefined,
  resolveAuto: () => 'local' as const,
} as const;

type FileThreshold = NonNullable<ScenarioFile['thresholds']>[number];

/** What a flag has replaced ends no run. */
function listAborts(ofFile: readonly FileThreshold[], thresholds: readonly string[]): readonly AbortRule[] {
  return ofFile
    .filter(({ expect, abort }) => abort === true && thresholds.includes(expect))
    .map(({ expect, after }) => ({
      expression: expect,
      afterUs: after ?? read(rules.duration(DEFAULTS.abort.after)),
    }));
}

function listExits(ofFile: readonly FileThreshold[], thresholds: readonly string[]): readonly ExitRule[] {
  return ofFile.flatMap(({ expect: expression, exit: exitCode }) =>
    exitCode === undefined || !thresholds.includes(expression) ? [] : [{ expression, exitCode }],
  );
}

function checkFileThresholds(
  source: YamlSource,
  thresholds: readonly FileThreshold[],
  { checkThreshold, checkAbort = checkThreshold }: Pick<ParseOptions, 'checkThreshold' | 'checkAbort'>,
  stageNames: readonly string[] | undefined,
): readonly Problem[] {
  return thresholds.flatMap(({ expect: expression, abort }, index) => {
    const text = (abort === true ? checkAbort : checkThreshold)(expression, stageNames);
    if (text === null) return [];
    return [problemAt(source.file, source.locate(['thresholds', index]), `threshold ${quoted(expression)}: ${text}`)];
  });
}

function checkGivenThresholds(
  expressions: readonly string[],
  { checkThreshold }: Pick<ParseOptions, 'checkThreshold'>,
  stageNames: readonly string[] | undefined,
): readonly Problem[] {
  return expressions.flatMap((expression) => {
    const text = checkThreshold(expression, stageNames);
    return text === null ? [] : [problemWithFlag(`--threshold ${quoted(expression)}`, text)];
  });
}

function quoted(expression: string): string {
  return `'${expression}'`;
}
