import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parse } from 'yaml';
import { evaluateExpression, fillExpressions } from './evaluate-expression.ts';
import { useCache } from './use-cache.ts';

interface Step {
  readonly id?: string;
  readonly name: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

export interface ActionJob {
  /** With action.yml, as the runner has fetched it. */
  readonly actionPath: string;
  /** Where steps work; exists. */
  readonly workspace: string;
  /** This job's own, made here. */
  readonly temp: string;
  /** Where folders are kept from job to job, by their keys. */
  readonly cache: string;
  readonly env: NodeJS.ProcessEnv;
  readonly runId: number;
  readonly branch: string;
  readonly inputs: Readonly<Record<string, string>>;
}

export interface ActionOutcome {
  readonly failed: boolean;
  readonly outputs: Readonly<Record<string, string>>;
  /** Names of the steps that were not skipped. */
  readonly ran: readonly string[];
  /** By name, the paths in each that are there. */
  readonly artifacts: Readonly<Record<string, readonly string[]>>;
  readonly summary: string;
  /** Folders in which the steps behind the action look for programs first. */
  readonly paths: readonly string[];
  readonly log: string;
}

type StepEnd = {
  readonly outputs: Readonly<Record<string, string>>;
  readonly outcome: 'success' | 'failure' | 'skipped';
};

/**
 * Runs the steps of a composite action as GitHub's runner does: conditions and expressions, the files by which steps tell outputs,
 * paths and summaries, and the actions of the cache and of artifacts, here on folders. Throws at what it does not know.
 */
export function runCompositeAction(job: ActionJob): ActionOutcome {
  mkdirSync(job.temp, { recursive: true });
  const action = parse(readFileSync(join(job.actionPath, 'action.yml'), 'utf8')) as Action;
  const run = new ActionRun(job, action);
  for (const step of action.runs.steps) run.take(step);
  return run.end();
}

class ActionRun {
  readonly #job: ActionJob;
  readonly #action: Action;
  readonly #inputs: Readonly<Record<string, string>>;
  readonly #steps: Record<string, StepEnd> = {};
  readonly #ran: string[] = [];
  readonly #paths: string[] = [];
  readonly #artifacts: Record<string, readonly string[]> = {};
  readonly #summaryFile: string;
  #failed = false;
  #log = '';

  constructor(job: ActionJob, action: Action) {
    this.#job = job;
    this.#action = action;
    this.#inputs = mapValues(action.inputs, ({ default: value }, name) => job.inputs[name] ?? value);
    this.#summaryFile = join(job.temp, 'summary');
  }

  take(step: Step): void {
    const end = this.#isDue(step) ? this.#run(step) : ({ outputs: {}, outcome: 'skipped' } as const);
    this.#failed ||= end.outcome === 'failure';
    if (step.id !== undefined) this.#steps[step.id] = end;
  }

  end(): ActionOutcome {
    return {
      failed: this.#failed,
      outputs: mapValues(this.#action.outputs, ({ value }) => fillExpressions(value, this.#contexts())),
      ran: this.#ran,
      artifacts: this.#artifacts,
      summary: readLines(this.#summaryFile).join('\n'),
      paths: this.#paths,
      log: this.#log,
    };
  }

  #contexts() {
    const { runId, branch, temp } = this.#job;
    const github = { run_id: String(runId), run_attempt: '1', ref_name: branch };
    return { inputs: this.#inputs, steps: this.#steps, github, runner: { temp } };
  }

  #isDue({ if: condition = "'yes'" }: Step): boolean {
    if (this.#failed && !condition.includes('always()')) return false;
    const value = evaluateExpression(condition, this.#contexts());
    return value !== '' && value !== false;
  }

  #run(step: Step): StepEnd {
    this.#ran.push(step.name);
    const settings = mapValues(step.with ?? step.env ?? {}, (text) => fillExpressions(text, this.#contexts()));
    if (step.run !== undefined) return this.#runScript(step.name, step.run, settings);
    if (!step.uses?.startsWith('actions/upload-artifact@')) {
      return { outputs: useCache(step.uses ?? '', settings, this.#job), outcome: 'success' };
    }
    const paths = (settings.path ?? '').trim().split('\n');
    const isThere = (path: string) => existsSync(join(this.#job.workspace, path));
    this.#artifacts[settings.name ?? ''] = paths.filter(isThere);
    return { outputs: {}, outcome: 'success' };
  }

  #runScript(name: string, script: string, settings: Readonly<Record<string, string>>): StepEnd {
    const { actionPath, env, runId, temp, workspace } = this.#job;
    const files = {
      GITHUB_OUTPUT: join(temp, `output-${this.#ran.length}`),
      GITHUB_PATH: join(temp, `path-${this.#ran.length}`),
    };
    const { status, stdout, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
      cwd: workspace,
      encoding: 'utf8',
      env: {
        ...env,
        ...settings,
        ...files,
        ...{ GITHUB_ACTIONS: 'true', GITHUB_ACTION_PATH: actionPath, GITHUB_STEP_SUMMARY: this.#summaryFile },
        ...{ GITHUB_RUN_ID: String(runId), GITHUB_RUN_ATTEMPT: '1', RUNNER_OS: 'Linux', RUNNER_ARCH: 'X64' },
        PATH: [...this.#paths.toReversed(), env.PATH].join(delimiter),
      },
    });
    this.#log += `== ${name}\n${stdout}${stderr}`;
    this.#paths.push(...readLines(files.GITHUB_PATH));
    const outputs = readLines(files.GITHUB_OUTPUT).map((line) => line.split(/=(.*)/s).slice(0, 2));
    return { outputs: Object.fromEntries(outputs), outcome: status === 0 ? 'success' : 'failure' };
  }
}

function readLines(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
}

function mapValues<From, To>(from: Readonly<Record<string, From>>, map: (value: From, name: string) => To) {
  const entries = Object.entries(from).map(([name, value]) => [name, map(value, name)]);
  return Object.fromEntries(entries) as Record<string, To>;
}
