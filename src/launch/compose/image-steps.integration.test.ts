import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const composeFile = z.object({
  services: z.object({
    gateway: z.object({
      build: z.object({ dockerfile_inline: z.string() }),
      command: z.tuple([z.literal('sh'), z.literal('-c'), z.string()]),
    }),
    worker: z.object({ command: z.tuple([z.literal('sh'), z.literal('-c'), z.string()]) }),
  }),
});
const { gateway, worker } = composeFile.parse(
  parse(readFileSync(join(ROOT, 'docker-compose.target.yml'), 'utf8'), { merge: true }),
).services;

/** The working directory of the image, made by its own steps; only the packages that production has are in it. */
let image: string;

beforeAll(() => {
  image = mkdtempSync(join(tmpdir(), 'image-'));
  execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['--outDir', join(image, 'built', 'dist')], { cwd: ROOT });
  cpSync(join(ROOT, 'package.json'), join(image, 'built', 'package.json'));
  for (const step of gateway.build.dockerfile_inline.split('\n')) run(step);
});

afterAll(() => rmSync(image, { recursive: true, force: true }));

function run(step: string): void {
  const [instruction, ...words] = step.split(' ');
  if (instruction === 'COPY') {
    for (const source of words.slice(0, -1)) {
      const path = join(image, 'built', source.replace(/\*$/, ''));
      if (!source.endsWith('*') || existsSync(path)) cpSync(path, join(image, source), { recursive: true });
    }
  } else if (instruction === 'RUN') {
    expect(words.join(' ')).toMatch(/npm ci --omit=dev .*npm install --omit=dev/);
    linkProductionPackages();
  }
}

function linkProductionPackages(): void {
  const { dependencies } = JSON.parse(readFileSync(join(image, 'package.json'), 'utf8')) as { dependencies: object };
  for (const name of Object.keys(dependencies)) {
    const link = join(image, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), link);
  }
}

/** Runs a container's command where no broker has a name, with the tools of the container that tell its own. */
function start(command: string) {
  const programs = join(image, 'bin');
  mkdirSync(programs, { recursive: true });
  const tool = (name: string, output: string) =>
    writeFileSync(join(programs, name), `#!/bin/sh\necho '${output}'\n`, { mode: 0o755 });
  tool('hostname', '172.18.0.7');
  tool('getent', '172.18.0.7      chatbench-1f-worker-2.chatbench-1f_default');
  return spawnSync('sh', ['-c', command.replaceAll('$$', '$')], {
    cwd: image,
    env: { PATH: `${programs}:${dirname(process.execPath)}:/usr/bin:/bin`, PASSWORD: 'c0ffee', WORKERS: '2' },
    encoding: 'utf8',
    timeout: 60_000,
  });
}

test('the image is made of what is in the package', () => {
  const { files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { files: string[] };
  const copied = gateway.build.dockerfile_inline.match(/(?<=^COPY ).*(?= \S+$)/gm)?.flatMap((line) => line.split(' '));
  expect(copied?.filter((path) => !path.endsWith('*') && path !== 'package.json' && !files.includes(path))).toEqual([]);
});

test.each([
  ['gateway', gateway.command[2], /^gateway-172\.18\.0\.7: getaddrinfo \w+ (rabbitmq|redis)\n$/],
  ['worker', worker.command[2], /^worker-2: getaddrinfo \w+ (rabbitmq|redis|postgres)\n$/],
])('the %s starts in it, takes its configuration, and looks for its brokers', (_, command, complaint) => {
  const { status, stderr } = start(command);
  expect([status, stderr]).toEqual([1, expect.stringMatching(complaint)]);
});
