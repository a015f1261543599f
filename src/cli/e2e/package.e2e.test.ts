import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { copyCheckout } from '../../testing/copy-checkout.ts';
import { smallScenario } from '../../testing/small-scenario.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);
/** A user's: the Node that runs this first on PATH, and nothing of this checkout's. */
const ENVIRONMENT = { ...process.env, PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin` };

/** What is not found by following imports: other programs read it, or hints name it. */
const NEEDED = [
  ...['dist/index.d.ts', 'dist/contract.d.ts', 'dist/cluster/gateway/gateway-process.js', 'dist/report/html/page.js'],
  ...['dist/cluster/worker/worker-process.js', 'dist/faults/proxy-process.js', 'dist/fleet/shard-process.js'],
  ...['dist/launch/embedded-process.js', 'dist/launch/supervisor-process.js'],
  ...['dist/generator/load/metronome-thread.js', 'scenarios/audit/tails.yaml', 'docs/presets.md'],
  ...['docker-compose.target.yml', '.dockerignore', 'deploy/compose/nginx.conf.template', 'scenarios/burst.yaml'],
  ...['docs/your-server.md', 'docs/schema/summary.schema.json', 'dist/cluster/web/chat.html'],
];

interface Packed {
  readonly filename: string;
  readonly entryCount: number;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

async function npm(cwd: string, ...args: readonly string[]): Promise<string> {
  return (await run('npm', args, { cwd, env: ENVIRONMENT })).stdout;
}

let copy = '';
/** The copy's package.json before it was packed. */
let before = '';
let home = '';
let packed: Packed;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'chatbench-package-'));
  copy = join(home, 'copy');
  // A copy: packing changes package.json for a moment, and others read it meanwhile. It is packed as it is built already.
  copyCheckout(copy);
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  await npm(copy, 'pkg', 'set', 'scripts.build=true');
  before = await readFile(join(copy, 'package.json'), 'utf8');
  const output = await npm(copy, 'pack', '--json', '--pack-destination', home);
  // Behind what the scripts of packing say.
  [packed] = JSON.parse(output.slice(output.search(/^\[\n/m))) as [Packed];
  await writeFile(join(home, 'package.json'), '{ "private": true, "type": "module" }');
  await npm(home, 'install', '--prefer-offline', '--no-audit', '--no-fund', `./${packed.filename}`);
  // Packages are fetched.
}, 600_000);

afterAll(() => rm(home, { recursive: true, force: true }));

it('holds what runs, and no tests, benchmarks or maps', () => {
  const paths = packed.files.map(({ path }) => path);
  expect(paths.filter((path) => /\.(test|bench)\.|\.map$|^dist\/(testing|bench)\//.test(path))).toEqual([]);
  expect(paths).toEqual(expect.arrayContaining(NEEDED));
  expect(packed.entryCount).toBeLessThanOrEqual(900);
  expect(packed.size).toBeLessThanOrEqual(700_000);
});

/**
 * npm runs `prepare` where a package is installed from git, which has nothing built: there it must stay. A tarball has all that it
 * needs, and npm warns whoever installs it of scripts that it holds: there it must not be.
 */
it('is packed without a script that runs where it is installed, and keeps that one in the checkout', async () => {
  const installed = JSON.parse(await readFile(join(home, 'node_modules/chatbench/package.json'), 'utf8'));
  for (const script of ['prepare', 'preinstall', 'install', 'postinstall']) {
    expect(installed.scripts).not.toHaveProperty(script);
  }
  expect(JSON.parse(before).scripts.prepare).toBe('npm run build');
  expect(await readFile(join(copy, 'package.json'), 'utf8')).toBe(before);
});

it('tells whoever installed it with an older Node how to come by a newer one', async () => {
  await writeFile(join(home, 'older.mjs'), OLDER);
  const main = 'node_modules/chatbench/dist/cli/main.js';
  const start = run(process.execPath, ['--import', './older.mjs', main, '--version'], { cwd: home });
  await expect(start).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^error: chatbench needs Node [\d.]+ or newer, this is 22\.0\.0\nhint: .*node@24/),
  });
});

it('runs a scenario where it is installed', async () => {
  await writeFile(join(home, 'small.yaml'), smallScenario(2));
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

const OLDER = `
const versions = { ...process.versions, node: '22.0.0' };
Object.defineProperty(process, 'versions', { value: versions });
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
