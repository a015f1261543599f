import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ActionOutcome, runCompositeAction } from '../../testing/actions/run-composite-action.ts';
import { copyCheckout } from '../../testing/copy-checkout.ts';
import { smallScenario } from '../../testing/small-scenario.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * Development packages take a minute to install and are here already, and so is what they build: `npm ci` where the action lies
 * links to ours. All else is npm's own.
 */
const NPM = `#!/bin/sh
if [ "$PWD" = "$ACTION" ] && [ "$*" = ci ]; then ln -sfn "$MODULES" node_modules; exit; fi
PATH="\${PATH#*:}" exec npm --prefer-offline "$@"
`;

let home: string;
let job: Omit<Parameters<typeof runCompositeAction>[0], 'runId' | 'inputs' | 'temp'>;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'chatbench action '));
  const [actionPath, workspace, bin] = ['action', 'empty', 'bin'].map((name) => join(home, name)) as [
    string,
    string,
    string,
  ];
  copyCheckout(actionPath);
  for (const folder of [workspace, bin]) mkdirSync(folder);
  writeFileSync(join(bin, 'npm'), NPM, { mode: 0o755 });
  symlinkSync(process.execPath, join(bin, 'node'));
  const path = [bin, dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':');
  const env = { ...process.env, PATH: path, ACTION: actionPath, MODULES: join(ROOT, 'node_modules') };
  job = { actionPath, workspace, cache: join(home, 'cache'), env, branch: 'main' };
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function runAction(runId: number, inputs: Readonly<Record<string, string>>): ActionOutcome {
  // The runner empties it between jobs.
  const temp = join(home, 'temp');
  rmSync(temp, { recursive: true, force: true });
  return runCompositeAction({ ...job, runId, temp, inputs });
}

describe("the action, in somebody else's repository that has nothing", () => {
  it('can be used for its command alone', () => {
    const { failed, log, paths, ran } = runAction(1, { 'install-only': 'true' });
    expect(failed, log).toBe(false);
    expect(ran).toEqual([
      ...['Name this version of chatbench', 'Restore chatbench', 'Install chatbench', 'Cache chatbench'],
      'Put chatbench on the PATH',
    ]);
    const env = { PATH: [...paths, '/usr/bin', '/bin'].join(':') };
    const scenarios = execFileSync('sh', ['-c', 'chatbench scenarios'], { cwd: job.workspace, env, encoding: 'utf8' });
    expect(scenarios).toContain('burst');
    expect(readdirSync(job.workspace)).toEqual([]);
    // Packages are fetched.
  }, 600_000);

  const inputs = { scenario: './small.yaml', target: 'embedded', repeat: '1', baseline: 'main' };

  it('takes the command from the cache, measures, keeps the runs as the baseline, and tells of them', () => {
    writeFileSync(join(job.workspace, 'small.yaml'), smallScenario(1));
    const { artifacts, failed, log, outputs, ran, summary } = runAction(2, inputs);
    expect(failed, log).toBe(false);
    expect(ran).not.toContain('Install chatbench');
    expect(ran).toEqual(expect.arrayContaining(['Keep these runs as the baseline', 'Cache the baseline']));
    expect(outputs).toMatchObject({ 'exit-code': '0', compared: 'false', runs: 'reports/head-2-1' });
    expect(artifacts).toEqual({ [outputs.artifact!]: ['reports'] });
    expect(existsSync(join(job.workspace, outputs.runs!))).toBe(true);
    expect(summary).toContain('small');
  });

  it('compares with the baseline of the cache', () => {
    rmSync(join(job.workspace, 'reports'), { recursive: true });
    const { artifacts, failed, log, outputs } = runAction(3, inputs);
    // One run a side proves nothing, whatever it was.
    expect(outputs, log).toMatchObject({ 'exit-code': '5', compared: 'false' });
    expect(failed).toBe(true);
    expect(artifacts).toEqual({ [outputs.artifact!]: ['reports', 'comparison.json'] });
  });
});
