import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = new URL('../../../', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, ROOT), 'utf8');

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
}
const { steps } = (parse(read('action.yml')) as { runs: { steps: readonly Step[] } }).runs;
const gitlab = parse(/<!-- tested: gitlab -->\s*```yaml\n([\s\S]*?)\n```\n/.exec(read('docs/ci.md'))![1]!) as {
  chatbench: { script: readonly string[]; cache: { when: string } };
};

/** What the real command says of these; the second names the baseline's place. */
const DIFFER = 'error: main and head cannot be compared\nerror: chatbench: 0.1.0 ≠ 0.2.0';
const UNREADABLE = 'error: reports/baselines/main/trial-01/result.json: not a chatbench.result/1 file';

/** Writes what it is called with, one line a call, and ends as it is told. */
const STUB = `#!/usr/bin/env bash
[ "$1" = chatbench ] && shift
{ printf '[%s]' "$@"; echo; } >> "$CALLS"
case "$1" in
  run) echo 'the summary'; exit "$RUN_CODE" ;;
  compare) echo 'the table'; printf '%s\\n' "$COMPARE_ERROR" >&2; exit "$COMPARE_CODE" ;;
esac
`;

let bin: string;
let place: string;

beforeAll(() => {
  bin = mkdtempSync(join(tmpdir(), 'chatbench-stub-'));
  for (const name of ['chatbench', 'npx']) {
    writeFileSync(join(bin, name), STUB);
    chmodSync(join(bin, name), 0o755);
  }
});
beforeEach(() => {
  if (place !== undefined) rmSync(place, { recursive: true });
  place = mkdtempSync(join(tmpdir(), 'chatbench-job-'));
});
afterAll(() => {
  rmSync(bin, { recursive: true });
  rmSync(place, { recursive: true });
});

interface Job {
  /** What run and compare end with. */
  readonly run?: number;
  readonly compare?: number;
  readonly error?: string;
  readonly hasBaseline?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a script as runners do: bash that ends at the first error. */
function runScript(script: string, { run = 0, compare = 0, error = '', hasBaseline = true, env = {} }: Job) {
  if (hasBaseline) mkdirSync(join(place, 'reports', 'baselines', 'main'), { recursive: true });
  const files = {
    CALLS: join(place, 'calls'),
    GITHUB_OUTPUT: join(place, 'output'),
  };
  const codes = { RUN_CODE: String(run), COMPARE_CODE: String(compare), COMPARE_ERROR: error };
  const { status, stdout } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    cwd: place,
    env: { PATH: `${bin}${delimiter}${process.env.PATH}`, ...files, ...codes, ...env },
    encoding: 'utf8',
  });
  const textOf = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  const lines = textOf(files.GITHUB_OUTPUT).split('\n').filter(Boolean);
  return {
    exitCode: status,
    stdout,
    calls: textOf(files.CALLS).split('\n').filter(Boolean),
    output: Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2))) as Record<string, string>,
  };
}

const scriptOf = (id: string) => steps.find((step) => step.id === id)!.run!;

const INPUTS = {
  CHATBENCH: 'chatbench',
  SCENARIO: 'burst',
  TARGET: 'local',
  ARGUMENTS: '--rate 800',
  REPEAT: '9',
  BASELINE: 'main',
  REQUIRE_BASELINE: 'false',
  ACCEPT: 'false',
  TOLERANCE: 'p50=10%',
  REPORTS: 'reports',
  RUNNER_OS: 'Linux',
  GITHUB_RUN_ID: '7',
  GITHUB_RUN_ATTEMPT: '1',
};
const runAction = (job: Job) => runScript(scriptOf('measure'), { ...job, env: { ...INPUTS, ...job.env } });

const RUN_CALL = '[run][burst][--target][local][--repeat][9][--out][reports/head-7-1][--no-tui][--rate][800]';
const COMPARE_CALL =
  '[compare][main][reports/head-7-1][--reports][reports][--tolerance][p50=10%][--require-power][--out][comparison.json]';

describe('the composite action', () => {
  it('measures once and compares once', () => {
    const { calls, exitCode, output, stdout } = runAction({});
    expect(calls).toEqual([RUN_CALL, COMPARE_CALL]);
    expect({ exitCode, output }).toEqual({
      exitCode: 0,
      output: { 'exit-code': '0', compared: 'true', keep: 'true', head: 'reports/head-7-1' },
    });
    expect(stdout).toContain('::notice title=chatbench::pass');
    expect(stdout).toMatch(/^the summary\nthe table\n/);
  });

  it.each([
    ['a regression is not kept', { compare: 4 }, 4, 'true', 'false', 'the table'],
    [
      'an accepted regression passes and is kept',
      { compare: 4, env: { ACCEPT: 'true' } },
      0,
      'true',
      'true',
      '::warning title=chatbench::a regression was found, and accepted',
    ],
    ['a comparison that proves nothing: sound runs are kept', { compare: 5 }, 5, 'false', 'true', '::error'],
    [
      'a baseline of another kind is replaced',
      { compare: 2, error: DIFFER },
      2,
      'false',
      'true',
      '::warning title=chatbench::baseline and runs cannot be compared',
    ],
    [
      'a baseline of another kind, accepted, is replaced in a job that passes',
      { compare: 2, error: DIFFER, env: { ACCEPT: 'true' } },
      0,
      'false',
      'true',
      'nothing was compared',
    ],
    ['a baseline that cannot be read is replaced', { compare: 2, error: UNREADABLE }, 2, 'false', 'true', '::warning'],
    [
      'wrong usage replaces nothing, accepted or not',
      { compare: 2, error: 'error: --tolerance p5=1%: unknown', env: { ACCEPT: 'true' } },
      2,
      'false',
      'false',
      '::error',
    ],
    ['a bug replaces nothing', { compare: 1 }, 1, 'false', 'false', '::error'],
    [
      'without a baseline the job passes by its thresholds, and says that nothing was compared',
      { hasBaseline: false },
      0,
      'false',
      'true',
      '::warning title=chatbench::no baseline: nothing was compared',
    ],
    [
      'without a baseline that is required it fails, and keeps the runs',
      { hasBaseline: false, env: { REQUIRE_BASELINE: 'true' } },
      5,
      'false',
      'true',
      '::error title=chatbench::no baseline: nothing was compared',
    ],
    [
      'thresholds that do not hold: nothing is compared or kept, accepted or not',
      { run: 4, env: { ACCEPT: 'true' } },
      4,
      'false',
      'false',
      'the summary',
    ],
    ['invalid runs: nothing is compared or kept', { run: 5 }, 5, 'false', 'false', '::error'],
    ['thresholds alone pass', { env: { BASELINE: '' } }, 0, 'false', 'true', '::notice title=chatbench::pass'],
  ] satisfies [string, Job, number, string, string, string][])('%s', (_, job, exitCode, compared, keep, told) => {
    const { stdout, output, ...rest } = runAction(job);
    expect({ exitCode: rest.exitCode, output }).toEqual({
      exitCode,
      output: { 'exit-code': String(exitCode), compared, keep, head: 'reports/head-7-1' },
    });
    expect(stdout).toContain(told);
    const thresholdsAlone = 'env' in job && 'BASELINE' in job.env;
    expect(stdout.includes('::notice title=chatbench::pass')).toBe(
      exitCode === 0 && (compared === 'true' || thresholdsAlone),
    );
  });

  it('keeps the runs also of a job that failed', () => {
    const [keep, cache] = [
      steps.find(({ id }) => id === 'keep'),
      steps.find(({ with: it, uses }) => uses?.startsWith('actions/cache/save') && it?.path?.includes('baselines')),
    ];
    expect(keep?.if).toMatch(/^always\(\) && steps\.measure\.outputs\.keep == 'true' && inputs\.baseline != ''/);
    expect(cache?.if).toBe("always() && steps.keep.outcome == 'success'");
    const { calls } = runScript(scriptOf('keep'), { env: { ...INPUTS, HEAD: 'reports/head-7-1' } });
    expect(calls).toEqual(['[baseline][save][main][reports/head-7-1][--reports][reports]']);
  });

  it('keeps baselines of other targets and arguments apart', () => {
    const names = [{}, { TARGET: 'embedded' }, { ARGUMENTS: '--rate 900' }, { SCENARIO: './a b/chat.yaml' }].map(
      (env, index) => {
        const GITHUB_OUTPUT = join(place, `output-${index}`);
        runScript(scriptOf('name'), { env: { ...INPUTS, ...env, GITHUB_OUTPUT } });
        return readFileSync(GITHUB_OUTPUT, 'utf8');
      },
    );
    expect(new Set(names).size).toBe(4);
    for (const name of names) expect(name).toMatch(/^name=chatbench-Linux-(burst|chat\.yaml)-[0-9a-f]{12}\n$/);
  });

  it('hands inputs to shells as variables, never as code', () => {
    for (const { run } of steps) expect(run ?? '').not.toContain('${{');
    const hostile = "$(touch breached)`touch breached`'; touch breached #";
    const { calls } = runAction({ env: { SCENARIO: hostile } });
    expect(existsSync(join(place, 'breached'))).toBe(false);
    expect(calls[0]).toContain(`[run][${hostile}]`);
  });
});

describe("GitLab's job", () => {
  const MAIN = { CI_JOB_ID: '7', CI_COMMIT_BRANCH: 'main', CI_DEFAULT_BRANCH: 'main' };
  const runJob = (job: Job) => runScript(gitlab.chatbench.script.join('\n'), { ...job, env: { ...MAIN, ...job.env } });
  const SAVED = '[baseline][save][main][reports/head-7]';

  it.each([
    ['passes, and is kept', {}, 0, true],
    ['a regression is not kept', { compare: 4 }, 4, false],
    ['an accepted regression passes and is kept', { compare: 4, env: { ACCEPT: 'true' } }, 0, true],
    ['a comparison that proves nothing: sound runs are kept', { compare: 5 }, 5, true],
    ['a baseline of another kind is replaced', { compare: 2, error: DIFFER }, 2, true],
    ['and in a job that passes, where it is accepted', { compare: 2, error: DIFFER, env: { ACCEPT: 'true' } }, 0, true],
    ['a baseline that cannot be read is replaced', { compare: 2, error: UNREADABLE }, 2, true],
    ['wrong usage replaces nothing', { compare: 2, error: 'error: usage', env: { ACCEPT: 'true' } }, 2, false],
    ['invalid runs are not kept', { run: 5 }, 5, false],
    ['another branch keeps nothing', { env: { CI_COMMIT_BRANCH: 'other' } }, 0, false],
    ['without a baseline it passes', { hasBaseline: false }, 0, true],
    ['unless one is required', { hasBaseline: false, env: { REQUIRE_BASELINE: 'true' } }, 5, true],
  ] satisfies [string, Job, number, boolean][])('%s', (_, job, exitCode, isKept) => {
    const { calls, stdout, ...rest } = runJob(job);
    expect({ exitCode: rest.exitCode, isKept: calls.includes(SAVED) }).toEqual({ exitCode, isKept });
    expect(stdout.includes('no baseline: nothing was compared')).toBe('hasBaseline' in job);
    expect(calls.filter((call) => call.startsWith('[compare]')).length).toBeLessThanOrEqual(1);
  });

  it('keeps the cache also where it fails', () => expect(gitlab.chatbench.cache.when).toBe('always'));
});
