import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);
/** A user's: the Node that runs this first on PATH, and nothing of this checkout's. */
const ENVIRONMENT = { ...process.env, PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin` };

interface Packed {
  readonly filename: string;
  readonly entryCount: number;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

let copy = '';
let home = '';
let packed: Packed;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'chatbench-package-'));
  copy = join(home, 'copy');
  // A copy: packing changes package.json for a moment, and others read it meanwhile.
  await cp(ROOT, copy, { recursive: true, filter: (path) => !/\/(node_modules|\.git|reports)(\/|$)/.test(path) });
  await run('npm', ['pkg', 'delete', 'scripts.prepare'], { cwd: copy, env: ENVIRONMENT });
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', home];
  [packed] = JSON.parse((await run('npm', pack, { cwd: copy, env: ENVIRONMENT })).stdout) as [Packed];
  await writeFile(join(home, 'package.json'), '{ "private": true, "type": "module" }');
  const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${packed.filename}`];
  await run('npm', install, { cwd: home, env: ENVIRONMENT });
});

afterAll(() => rm(home, { recursive: true, force: true }));

it('holds what runs, and no tests, benchmarks or maps', () => {
  const paths = packed.files.map(({ path }) => path);
  expect(paths.filter((path) => /\.(test|bench)\.|\.map$|^dist\/(testing|bench)\//.test(path))).toEqual([]);
  expect(paths).toEqual(expect.arrayContaining(['dist/index.d.ts', 'deploy/compose/nginx.conf.template']));
  expect(packed.entryCount).toBeLessThanOrEqual(900);
  expect(packed.size).toBeLessThanOrEqual(700_000);
});

it('is packed for others without a script that runs when it is installed', async () => {
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  expect(scripts.prepack).toContain('npm pkg delete scripts.prepare');
  const installed = JSON.parse(await readFile(join(home, 'node_modules/chatbench/package.json'), 'utf8'));
  for (const script of ['prepare', 'preinstall', 'install', 'postinstall']) {
    expect(installed.scripts).not.toHaveProperty(script);
  }
});

it('runs a scenario where it is installed', async () => {
  await writeFile(join(home, 'small.yaml'), SMALL);
  const args = ['run', './small.yaml', '--target', 'embedded', '--json'];
  const { stdout } = await run('npx', ['chatbench', ...args], { cwd: home, env: ENVIRONMENT });
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'pass', deliveries: { expected: 200, once: 200 } });
});

it('has types that compile in a strict program without the types of Node', async () => {
  await writeFile(join(home, 'mine.ts'), MINE);
  const strict = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--lib', 'es2024,dom'];
  const compiler = join(ROOT, 'node_modules/.bin/tsc');
  await run(compiler, [...strict, '--types', '', 'mine.ts'], { cwd: home, env: ENVIRONMENT }).catch(
    ({ stdout }: { stdout: string }) => expect.fail(stdout),
  );
});

/** Nothing that a busy machine could fail. */
const SMALL = `
name: small
question: Does it run?
rate: 100/s
duration: 2s
warmup: 0s
clients: 10
lateness-budget: 1m
thresholds: ["lost == 0"]
`;

const MINE = `
import { type ChatProtocol, type RunResult, type Summary, buildSummary, judge, readResult } from 'chatbench';
import { contractChecks } from 'chatbench/contract';

const mine: ChatProtocol = {
  name: 'mine',
  senderReceives: false,
  acknowledges: false,
  heartbeat: null,
  open: ({ endpoint }) => ({ url: endpoint, subprotocols: [], headers: {}, frames: [], readyFrames: 0 }),
  encodeSend: (_client, marker) => ({ frame: new TextEncoder().encode(marker), markerOffsets: [0] }),
  classify: (frame: Uint8Array) => (frame.length > 0 ? 'message' : 'other'),
};

export const checks: readonly string[] = contractChecks.map(({ name }) => \`\${mine.name}: \${name}\`);

export async function summarize(directory: string): Promise<Summary> {
  const result: RunResult = await readResult(directory);
  return buildSummary(result, judge(result, result.scenario.thresholds), directory);
}
`;
