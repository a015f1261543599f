import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { KNOWN_SURVIVORS, MUTATIONS, type Mutation } from './mutations.ts';

/**
 * `npm run mutation [PART OF A FILE NAME …]`: puts one wrong text after another into a copy of the sources, and tells which of them no
 * unit test notices. Ends with 1 where fewer than nine in ten are noticed, or one survives of which nobody has said why.
 */

const ROOT = resolve(import.meta.dirname, '../../..');
/** Longer than the longest of them takes on a busy machine: what hangs is noticed, too. */
const LIMIT_MS = 300_000;
const WANTED_RATIO = 0.9;

const copy = copySources();
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

const wanted = process.argv.slice(2);
const chosen = MUTATIONS.filter(({ file }) => wanted.length === 0 || wanted.some((part) => file.includes(part)));
if (!(await passes(everyTest(chosen)))) {
  tell('the unit tests fail without any mutation');
  process.exit(1);
}
const survivors: Mutation[] = [];
for (const [index, mutation] of chosen.entries()) {
  const isNoticed = await isKilled(mutation);
  if (!isNoticed) survivors.push(mutation);
  tell(`${index + 1}/${chosen.length} ${isNoticed ? 'killed  ' : 'SURVIVED'} ${describe(mutation)}`);
}
const killed = chosen.length - survivors.length;
const unexplained = survivors.filter(({ file, from }) => reasonOf(file, from) === undefined);
tell(`${killed} of ${chosen.length} killed (${((killed / chosen.length) * 100).toFixed(1)} %)`);
for (const mutation of survivors)
  tell(`- ${describe(mutation)}: ${reasonOf(mutation.file, mutation.from) ?? 'no reason told'}`);
process.exitCode = killed < WANTED_RATIO * chosen.length || unexplained.length > 0 ? 1 : 0;

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

function everyTest(mutations: readonly Mutation[]): readonly string[] {
  return [...new Set(mutations.flatMap(({ tests }) => tests))];
}

async function isKilled({ file, from, to, tests }: Mutation): Promise<boolean> {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  try {
    return !(await passes(tests));
  } finally {
    writeFileSync(path, text);
  }
}

async function passes(tests: readonly string[]): Promise<boolean> {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--project', 'unit', '--bail', '1', '--reporter', 'dot', ...tests];
  return promisify(execFile)(process.execPath, args, { cwd: copy, timeout: LIMIT_MS, maxBuffer: 1 << 26 }).then(
    () => true,
    () => false,
  );
}

/** What git knows of: nothing is changed where somebody works. */
function copySources(): string {
  const directory = mkdtempSync(join(tmpdir(), 'chatbench-mutation-'));
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  for (const file of files.split('\n').filter((name) => name !== '')) cpSync(join(ROOT, file), join(directory, file));
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  return directory;
}

function describe({ file, from, to }: Mutation): string {
  const short = (text: string) => text.trim().replaceAll(/\s+/g, ' ').slice(0, 90);
  return `${file}: ${short(from)} → ${short(to) || '(nothing)'}`;
}

function reasonOf(file: string, from: string): string | undefined {
  return KNOWN_SURVIVORS.find((known) => known.file === file && known.from === from)?.reason;
}
