import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ContainerEngine } from '../../testing/containers/container-engine.ts';
import { openContainerEngine } from '../../testing/containers/open-container-engine.ts';
import { runProgram } from '../../testing/containers/run-program.ts';
import { buildStandinImages } from '../../testing/containers/standin-images.ts';
import { smallScenario } from '../../testing/small-scenario.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const DOCKERFILE = join(ROOT, 'deploy/Dockerfile');
const IMAGE = 'chatbench-image-test';
/** As the comment in deploy/Dockerfile has it, and with all else taken away that can be. */
const NARROW = [
  ...['--rm', '--init', '--read-only', '--tmpfs', '/tmp', '--network', 'none'],
  ...['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
];

let directory: string;
let engine: ContainerEngine;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'chatbench-image-'));
  engine = await openContainerEngine();
  const base = /^FROM (\S+)$/m.exec(readFileSync(DOCKERFILE, 'utf8'))?.[1] ?? '';
  if (engine.own !== null) await buildStandinImages(engine.env, directory, [base]);
  // Containers of a test's own engine do not reach the network.
  await docker('build', '--quiet', '--network', 'host', '--file', DOCKERFILE, '--tag', IMAGE, ROOT);
  // Packages of an engine and those of the image are fetched.
}, 600_000);

afterAll(async () => {
  if (engine?.own === null) await docker('rmi', IMAGE);
  await engine?.stop();
  rmSync(directory, { recursive: true, force: true });
});

function docker(...args: readonly string[]): Promise<string> {
  return runProgram('docker', args, { env: engine.env });
}

it('runs as a user who is not root, and says what it can do', async () => {
  expect(await docker('run', ...NARROW, '--entrypoint', 'id', IMAGE, '-u')).toBe('1000');
  expect(await docker('run', ...NARROW, IMAGE)).toContain('Usage: chatbench');
});

it('runs a scenario on a file system that it cannot write to, and leaves its reports outside', async () => {
  writeFileSync(join(directory, 'small.yaml'), smallScenario(1));
  const mine = ['--user', `${process.getuid?.()}:${process.getgid?.()}`, '--volume', `${directory}:/work/reports`];
  const args = ['run', './reports/small.yaml', '--target', 'embedded', '--json'];
  const summary = JSON.parse(await docker('run', ...NARROW, ...mine, IMAGE, ...args));
  expect(summary).toMatchObject({ verdict: 'pass', deliveries: { expected: 100, once: 100 } });
  expect(summary.resultFile).toMatch(/^\/work\/reports\//);
  const result = JSON.parse(readFileSync(join(directory, summary.resultFile.slice('/work/reports/'.length)), 'utf8'));
  expect(result.scenario.name).toBe('small');
});
