import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
}
interface Workflow {
  readonly on: { readonly push: Readonly<Record<string, unknown>> };
  readonly permissions: object;
  readonly jobs: Readonly<
    Record<
      'verify' | 'publish',
      { readonly needs?: string; readonly permissions: object; readonly steps: readonly Step[] }
    >
  >;
}
const workflow = parse(readFileSync(join(ROOT, '.github/workflows/release.yml'), 'utf8')) as Workflow;
const { publish, verify } = workflow.jobs;

/** Each writes what it is called with, one line a call; npm packs something, and knows of no version that is published. */
const PROGRAM = `#!/usr/bin/env bash
name=$(basename "$0")
{ printf '%s' "$name"; printf ' [%s]' "$@"; echo; } >> "$CALLS"
case "$name $1 $2" in
  'npm pack '*) echo packed > release/chatbench-0.3.0.tgz ;;
  'npm view '* | 'gh release view') exit "$KNOWN" ;;
esac
`;

let home: string;
let place: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'chatbench-release-'));
  place = join(home, 'checkout');
  mkdirSync(join(place, 'deploy'), { recursive: true });
  cpSync(join(ROOT, 'deploy/homebrew'), join(place, 'deploy/homebrew'), { recursive: true });
  writeFileSync(join(place, 'package.json'), '{ "version": "0.3.0" }');
  writeFileSync(
    join(place, 'CHANGELOG.md'),
    '# Changelog\n\n## [0.3.0] - 2026-12-01\n\n- New.\n\n## [0.2.0]\n\n- Old.\n',
  );
  for (const name of ['npm', 'gh', 'docker', 'git']) writeFileSync(join(home, name), PROGRAM, { mode: 0o755 });
});
afterEach(() => rmSync(home, { recursive: true }));

/** Runs the scripts of the job as runners do, up to the first that fails. */
function release(tag: string, { known = false } = {}) {
  let log = '';
  for (const { name, run } of publish.steps) {
    if (run === undefined) continue;
    const { status, stdout, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', run], {
      cwd: place,
      encoding: 'utf8',
      env: {
        PATH: `${home}:${process.env.PATH}`,
        CALLS: join(home, 'calls'),
        KNOWN: known ? '0' : '1',
        VERSION: '0.3.0',
        TOKEN: 'secret',
        GITHUB_OUTPUT: join(home, 'output'),
        GITHUB_REF_NAME: tag,
        GITHUB_REPOSITORY: 'Owner/chatbench',
        GITHUB_SERVER_URL: 'https://github.example',
        GITHUB_ACTOR: 'owner',
      },
    });
    log += stdout + stderr;
    if (status !== 0) return { failed: name, log, calls: readCalls() };
  }
  return { failed: null, log, calls: readCalls() };
}

function readCalls(): string[] {
  const file = join(home, 'calls');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

it('is started by tags of versions alone, after everything was verified, and may do no more than it needs', () => {
  expect(workflow.on).toEqual({ push: { tags: ['v[0-9]+.[0-9]+.[0-9]+'] } });
  expect(verify.steps.at(-1)?.run).toBe('.ci/run');
  expect(publish.needs).toBe('verify');
  expect(workflow.permissions).toEqual({});
  expect(verify.permissions).toEqual({ contents: 'read' });
  expect(publish.permissions).toEqual({ contents: 'write', packages: 'write', 'id-token': 'write' });
  for (const { run = '' } of publish.steps) expect(run).not.toContain('${{');
});

it('publishes the tarball with its provenance, and puts the same beside the notes, the formula and the image', () => {
  const { calls, failed, log } = release('v0.3.0');
  expect(failed, log).toBeNull();
  expect(calls).toEqual([
    'npm [ci]',
    'npm [pkg] [set] [repository.type=git] [repository.url=git+https://github.example/Owner/chatbench.git]',
    'npm [pack] [--pack-destination] [release]',
    'npm [view] [chatbench@0.3.0] [version]',
    'npm [publish] [./release/chatbench-0.3.0.tgz] [--provenance] [--access] [public]',
    'docker [login] [ghcr.io] [--username] [owner] [--password-stdin]',
    'docker [build] [--file] [deploy/Dockerfile] [--tag] [ghcr.io/owner/chatbench:0.3.0] [--tag] [ghcr.io/owner/chatbench:latest] [.]',
    'docker [push] [ghcr.io/owner/chatbench:0.3.0]',
    'docker [push] [ghcr.io/owner/chatbench:latest]',
    'gh [release] [view] [v0.3.0]',
    'gh [release] [create] [v0.3.0] [--title] [v0.3.0] [--notes-file] [notes.md] [--verify-tag]',
    'gh [release] [upload] [v0.3.0] [release/chatbench-0.3.0.tgz] [release/chatbench.rb] [--clobber]',
    'git [tag] [--force] [v1]',
    'git [push] [--force] [origin] [refs/tags/v1]',
  ]);
  expect(readFileSync(join(place, 'notes.md'), 'utf8').trim()).toBe('- New.');
  expect(readFileSync(join(home, 'output'), 'utf8')).toBe('version=0.3.0\n');
  expect(readdirSync(join(place, 'release')).sort()).toEqual(['chatbench-0.3.0.tgz', 'chatbench.rb']);
  const formula = readFileSync(join(place, 'release/chatbench.rb'), 'utf8');
  const sum = createHash('sha256').update('packed\n').digest('hex');
  expect(formula).toContain(
    'url "https://github.example/Owner/chatbench/releases/download/v0.3.0/chatbench-0.3.0.tgz"',
  );
  expect(formula).toContain(`sha256 "${sum}"`);
  expect(formula).not.toMatch(/@[A-Z0-9]+@/);
});

it('leaves alone what an attempt before it has published', () => {
  const { calls, failed } = release('v0.3.0', { known: true });
  expect(failed).toBeNull();
  expect(calls.filter((call) => /^npm \[publish|^gh \[release\] \[create/.test(call))).toEqual([]);
});

it.each([
  ['v0.4.0', '0.3.0', 'the tag v0.4.0 is not that of package.json'],
  ['v0.2.9', '0.2.9', 'CHANGELOG.md has no section 0.2.9'],
])('of the tag %s and the version %s, nothing is published', (tag, version, reason) => {
  writeFileSync(join(place, 'package.json'), JSON.stringify({ version }));
  const { calls, failed, log } = release(tag);
  expect({ calls, failed }).toEqual({ calls: [], failed: 'Check the tag' });
  expect(log).toContain(reason);
});
