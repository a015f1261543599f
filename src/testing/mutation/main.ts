import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { KNOWN_SURVIVORS, MUTATIONS, type Mutation } from './mutations.ts';

/**
 * `npm run mutation [PART OF A FILE NAME …]`: puts one wrong text after another into a copy of the sources, and tells which test notices
 * it. Ends with 1 where fewer than nine in ten are noticed, or one survives of which nobody has said why. `--no-baseline` leaves out
 * that all of them pass before.
 */

const ROOT = resolve(import.meta.dirname, '../../..');
/** Longer than the tests of one mutation take on a busy machine: what hangs is noticed, too. */
const LIMIT_MS = 300_000;
const WANTED_RATIO = 0.9;
const NO_BASELINE = '--no-baseline';

const copy = copySources();
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

const wanted = process.argv.slice(2).filter((argument) => argument !== NO_BASELINE);
const chosen = MUTATIONS.filter(({ file }) => wanted.length === 0 || wanted.some((part) => file.includes(part)));
const stale = chosen.filter(({ file, from }) => readFileSync(join(copy, file), 'utf8').split(from).length !== 2);
for (const mutation of stale) tell(`does not stand there once: ${describe(mutation)}`);
if (stale.length > 0) process.exit(1);
const failing = process.argv.includes(NO_BASELINE) ? null : await findFailing(everyTest(chosen), 0);
if (failing !== null) {
  tell(`without any mutation fails ${failing}`);
  process.exit(1);
}
const survivors: Mutation[] = [];
for (const [index, mutation] of chosen.entries()) {
  const noticed = await tryOut(mutation);
  if (noticed === null) survivors.push(mutation);
  tell(`${index + 1}/${chosen.length} ${noticed === null ? 'SURVIVED' : 'killed  '} ${describe(mutation)}`);
  if (noticed !== null) tell(`    by ${noticed}`);
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

/** The test that notices it; null where none does. */
async function tryOut({ file, from, to, tests }: Mutation): Promise<string | null> {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  try {
    return await findFailing(tests, LIMIT_MS);
  } finally {
    writeFileSync(path, text);
  }
}

/** @param limitMs  0: none */
async function findFailing(tests: readonly string[], limitMs: number): Promise<string | null> {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--project', 'unit', '--bail', '1', '--no-color', ...tests];
  const options = { cwd: copy, timeout: limitMs, maxBuffer: 1 << 26 };
  return promisify(execFile)(process.execPath, args, options).then(
    () => null,
    ({ stdout, stderr, killed }: { stdout: string; stderr: string; killed: boolean }) =>
      killed ? 'its time' : (/FAIL\s+(.*)/.exec(stdout + stderr)?.[1]?.trim() ?? (stdout + stderr).slice(-300)),
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
