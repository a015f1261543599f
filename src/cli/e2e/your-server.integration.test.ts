import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contractChecks } from '../../contract.ts';
import { findFreePort } from '../../launch/machine/free-port.ts';
import { listens } from '../../testing/programs.ts';

/**
 * Everything that docs/your-server.md shows is taken out of it and done as it says; only the ports are free ones, and `burst` is
 * patient with a busy machine's lateness.
 */

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const INVALID = 5;
const ATTEMPTS = 4;
const children: ChildProcess[] = [];
let directory: string;
let blocks: readonly Block[];

interface Block {
  readonly language: string;
  /** Where the block is a file. */
  readonly file: string | null;
  readonly text: string;
}

beforeAll(async () => {
  const document = await readFile(join(ROOT, 'docs/your-server.md'), 'utf8');
  blocks = [...document.matchAll(/^```(\w+)(?: (\S+))?\n(.*?)^```$/gms)].map(([, language, file, text]) => ({
    language: language!,
    file: file ?? null,
    text: text!,
  }));
  directory = await mkdtemp(join(tmpdir(), 'your-server-'));
  for (const { file, text } of blocks) if (file !== null) await writeFile(join(directory, file), text);
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  const burst = await readFile(join(ROOT, 'scenarios/burst.yaml'), 'utf8');
  await writeFile(join(directory, 'burst.yaml'), `${burst}\nlateness-budget: 30s\n`);
  await linkPackages();
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(directory, { recursive: true, force: true });
});

describe.each([
  ['8080', 'server.mjs'],
  ['3000', 'socket-io-server.mjs'],
])('the server on port %s (%s)', (port, server) => {
  it('is probed and measured as the document says', async () => {
    const commands = commandsOn(port);
    expect(commands.length).toBeGreaterThanOrEqual(4);
    const free = await findFreePort();
    let output = '';
    for (const command of commands) {
      if (command.startsWith('npm install ')) continue;
      const [program, ...words] = command.replaceAll(`:${port}`, `:${free}`).split(' ');
      if (program === 'node') {
        expect(words).toEqual([server, '&']);
        await startServer(server, free);
      } else {
        expect([program, words[0]]).toEqual(['npx', 'chatbench']);
        output += await runChatbench(words.slice(1).map((word) => (word === 'burst' ? './burst.yaml' : word)));
      }
    }
    const shown = blocks
      .filter(({ language, text }) => language === 'text' && isAbout(text, port))
      .map(({ text }) => text);
    const lines = new Set(output.split('\n').map(normalise));
    for (const line of shown.join('').split('\n')) expect(lines).toContain(normalise(line));
  });
});

it('the module of the document keeps the contract, run by node:test', async () => {
  const { code, output } = await run(process.execPath, ['--test', 'my-protocol.test.ts']);
  expect(output).toContain(`pass ${contractChecks.length}\n`);
  expect(code).toBe(0);
});

it('the module of the document measures the plain server, acknowledgements aside', async () => {
  const port = await findFreePort();
  await startServer('server.mjs', port);
  const { code, output } = await run(process.execPath, [
    ...[join(ROOT, 'dist/cli/main.js'), 'run', 'burst', '--target', `ws://127.0.0.1:${port}`],
    ...['--protocol', './my-protocol.ts', '--rate', '100', '--duration', '1s', '--warmup', '0s'],
  ]);
  // The audit is what counts here, and it is exact also where the machine was too busy for the times.
  expect([0, INVALID], output).toContain(code);
  expect(output).toContain('All 100 deliveries arrived exactly once');
});

/** The `sh` blocks of the section that has this port. */
function commandsOn(port: string): readonly string[] {
  const name = port === '8080' ? 'server.mjs' : 'socket-io-server.mjs';
  const isSection = (text: string) => text.includes(`node ${name} &`) || text.includes(`127.0.0.1:${port}`);
  return blocks
    .filter(({ language, text }) => language === 'sh' && isSection(text))
    .flatMap(({ text }) => text.trim().split('\n'));
}

/** The first server's output stands before the second's. */
function isAbout(text: string, port: string): boolean {
  const outputs = blocks.filter(({ language }) => language === 'text').map((block) => block.text);
  return outputs.indexOf(text) < 2 === (port === '8080');
}

/** Figures differ from run to run, and columns with them. */
function normalise(line: string): string {
  return line
    .replace(/\bZq[0-9A-Za-z]+/g, 'MARKER')
    .replace(/\d+([.,]\d+)*/g, 'N')
    .replace(/\s+/g, ' ')
    .trim();
}

async function startServer(file: string, port: number): Promise<void> {
  const env = { ...process.env, PORT: String(port) };
  const child = spawn(process.execPath, [file], { cwd: directory, env, stdio: ['ignore', 'inherit', 'inherit'] });
  children.push(child);
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await listens(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${file} does not listen on port ${port}`);
}

/** A run that judges itself invalid says that the machine was too busy to measure: it is done again, as it asks for. */
async function runChatbench(args: readonly string[]): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const { code, output } = await run(process.execPath, [join(ROOT, 'dist/cli/main.js'), ...args]);
    if (code === INVALID && attempt < ATTEMPTS && args[0] === 'run') continue;
    expect(code, output).toBe(0);
    return output;
  }
}

async function run(program: string, args: readonly string[]) {
  const child = spawn(program, args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const collect = (chunk: string) => {
    output += chunk;
  };
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

/** What `npm install` would bring, and chatbench itself as it is built. */
async function linkPackages(): Promise<void> {
  const modules = join(directory, 'node_modules');
  await cp(join(ROOT, 'package.json'), join(modules, 'chatbench', 'package.json'));
  await symlink(join(ROOT, 'dist'), join(modules, 'chatbench', 'dist'));
  for (const name of ['ws', 'socket.io']) await symlink(join(ROOT, 'node_modules', name), join(modules, name));
}
