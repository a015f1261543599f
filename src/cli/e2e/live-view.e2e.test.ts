import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readResult } from '../../result/result-file.ts';
import { openPseudoTerminal, type PseudoTerminal } from '../../testing/pseudo-terminal.ts';

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';

let out: string;
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'chatbench-terminal-'));
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

const command = (name: string, duration: string) => [
  ...['run', 'burst', '--target', 'embedded', '--rate', '100', '--warmup', '500ms', '--duration', duration],
  ...['--out', join(out, name)],
];

describe.runIf(process.platform === 'linux')('chatbench run in a terminal', () => {
  it.each([
    [80, 24],
    [200, 60],
  ])('of %i×%i shows the live view, leaves the summary, and restores the terminal', async (columns, rows) => {
    const terminal = openPseudoTerminal(command(`${columns}`, '3s'), columns, rows);
    await terminal.sees('burst on embedded');
    await terminal.sees('q stop   p pause');
    const { isLineMode } = await terminal.ended;
    expect(showsCursor(terminal)).toBe(true);
    expect(isLineMode).toBe(true);
    const lines = terminal.scrollback();
    // What it said before, the summary, and nothing of the view between the two.
    expect(lines.join('\n')).toContain('connecting 50 clients');
    expect(lines.join('\n')).not.toContain('q stop');
    const summary = lines.slice(lines.findIndex((line) => /^ [✓✗!] (PASS|FAIL|INVALID) {2}burst/.test(line)));
    expect(summary[0]).toMatch(/burst {2}100\/s for 3 s on embedded$/);
    expect(summary.join('\n')).toContain('All 300 deliveries arrived exactly once');
    // With the verdict again at its end, where the eye is, all of it is on the screen.
    const told = summary.filter((line) => line.trim() !== '' && !line.startsWith('exit='));
    expect(told.at(-1)).toMatch(/^ [✓✗!] (PASS|FAIL|INVALID) {2}burst$/);
    expect(summary.findLastIndex((line) => line !== '')).toBeLessThan(24);
    expect(Math.max(...summary.filter((line) => !line.includes(out)).map((line) => line.length))).toBeLessThanOrEqual(
      Math.min(100, columns),
    );
  });

  it('leaves no debris when its size changes', async () => {
    const terminal = openPseudoTerminal(command('resized', '60s'), 80, 24);
    await terminal.sees('measure');
    for (const [columns, rows] of [
      [60, 20],
      [80, 24],
    ] as const) {
      terminal.resize(columns, rows);
      await expect.poll(() => terminal.screen().at(-2)).toContain('q stop');
      await expect.poll(() => terminal.screen()[1]).toMatch(new RegExp(`^ [━─]{${columns - 2}}$`));
      const screen = terminal.screen();
      expect(screen).toHaveLength(rows);
      for (const only of ['burst on embedded', 'just arrived', 'whole run', 'generator  ', 'latency, ms', 'q stop'])
        expect(
          screen.filter((row) => row.includes(only)),
          `${only} at ${columns}×${rows}`,
        ).toHaveLength(1);
    }
    terminal.press('q');
    expect(await terminal.ended).toEqual({ exitCode: 130, isLineMode: true });
    // Each view of the three sizes is gone from what can be scrolled back to.
    expect(terminal.scrollback().join('\n')).not.toContain('latency, ms');
    expect(terminal.scrollback().join('\n')).toContain('stopped by hand');
  });

  it('shows ASCII alone in a terminal without UTF-8, and no colour where none is wanted', async () => {
    const terminal = openPseudoTerminal(command('plain', '2s'), 80, 24, { LC_ALL: 'C', NO_COLOR: '1' });
    await terminal.sees('just arrived');
    await terminal.ended;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
    expect(terminal.written()).toMatch(/^[\u0000-\u007f]+$/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences are what a terminal reads
    expect(terminal.written()).not.toMatch(/\u001b\[(?:3[0-8]|9[0-7])[;m]/);
  });

  it('leaves the terminal usable when it crashes, and shows with what', async () => {
    // Nothing that a user can do crashes it: a fault is put into its process alone, whose children are other programs.
    const crash = 'if(process.argv[2]==="run")process.on("SIGUSR2",()=>{throw(new(Error)("out-of-the-blue"))})';
    const terminal = openPseudoTerminal(command('crashed', '60s'), 80, 24, {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(crash)}`,
    });
    await terminal.sees('measure');
    process.kill(terminal.pid(), 'SIGUSR2');
    const { exitCode, isLineMode } = await terminal.ended;
    expect({ exitCode, isLineMode }).toEqual({ exitCode: 1, isLineMode: true });
    expect(showsCursor(terminal)).toBe(true);
    expect(terminal.scrollback().join('\n')).toContain('out-of-the-blue');
    expect(terminal.scrollback().join('\n')).not.toContain('q stop');
  });

  it('pauses arrivals by p, marks the run, and stops it gracefully by q', async () => {
    const terminal = openPseudoTerminal(command('keys', '60s'), 80, 24);
    await terminal.sees('measure');
    terminal.press('p');
    await terminal.sees('PAUSED');
    terminal.press('p');
    await terminal.sees('resumed: arrivals go on');
    terminal.press('d');
    await terminal.sees('latest send');
    terminal.press('q');
    const { exitCode, isLineMode } = await terminal.ended;
    expect({ exitCode, isLineMode }).toEqual({ exitCode: 130, isLineMode: true });
    const result = await readResult(join(out, 'keys', 'latest'));
    expect(result.interruptedBy).toBe('hand');
    expect(result.timeline.map(({ kind }) => kind)).toEqual(['paused', 'resumed']);
    expect(result.samples.ledger.skipped).toBeGreaterThan(0);
    const { ledger } = result.samples;
    expect(ledger.planned).toBe(ledger.sent + ledger.skipped);
  });

  it('takes Ctrl-C for q, and leaves the terminal usable', async () => {
    const terminal = openPseudoTerminal(command('interrupted', '60s'), 80, 24);
    await terminal.sees('measure');
    terminal.press('\u0003');
    expect(await terminal.ended).toEqual({ exitCode: 130, isLineMode: true });
  });

  it('leaves the terminal usable at SIGTERM, and keeps what was measured', async () => {
    const terminal = openPseudoTerminal(command('terminated', '60s'), 80, 24);
    await terminal.sees('measure');
    process.kill(terminal.pid(), 'SIGTERM');
    expect(await terminal.ended).toEqual({ exitCode: 143, isLineMode: true });
    expect(showsCursor(terminal)).toBe(true);
    expect((await readResult(join(out, 'terminated', 'latest'))).interruptedBy).toBe('SIGTERM');
  });

  it('leaves the terminal usable at a second Ctrl-C, which ends at once', async () => {
    let endedAtOnce = false;
    // The command's own patience may run out first on a machine that stands still between the two, for seconds at a time.
    for (let attempt = 1; attempt <= 4 && !endedAtOnce; attempt++) {
      const name = `impatient-${attempt}`;
      const terminal = openPseudoTerminal(command(name, '60s'), 80, 24);
      await terminal.sees('measure');
      const shards = childrenOf(terminal.pid()).filter(({ line }) => line.includes('shard-process'));
      expect(shards).toHaveLength(1);
      // Nobody answers the first: only a second one can end the command before its patience does.
      for (const { pid } of shards) process.kill(pid, 'SIGSTOP');
      try {
        terminal.press('\u0003');
        await terminal.sees('Stopping; what was measured is kept. Once more: at once.');
        terminal.press('\u0003');
        expect(await terminal.ended).toEqual({ exitCode: 130, isLineMode: true });
        expect(showsCursor(terminal)).toBe(true);
        endedAtOnce = !existsSync(join(out, name, 'latest'));
      } finally {
        // They go once they notice that their parent has gone.
        for (const { pid } of shards) letGoOn(pid);
      }
    }
    expect(endedAtOnce).toBe(true);
  });

  it('leaves the terminal usable when the target dies, and says so below the view', async () => {
    const terminal = openPseudoTerminal(command('dying', '60s'), 80, 24);
    await terminal.sees('measure');
    const targets = childrenOf(terminal.pid()).filter(({ line }) => !line.includes('shard-process'));
    expect(targets).toHaveLength(1);
    process.kill(targets[0]!.pid, 'SIGKILL');
    expect(await terminal.ended).toEqual({ exitCode: 3, isLineMode: true });
    expect(showsCursor(terminal)).toBe(true);
    expect(stripVTControlCharacters(terminal.written())).toMatch(/^error: /m);
  });

  it('leaves the terminal usable after an error at the end of the run', async () => {
    const terminal = openPseudoTerminal(command('unwritable', '4s'), 80, 24);
    await terminal.sees('measure');
    rmSync(join(out, 'unwritable'), { recursive: true });
    writeFileSync(join(out, 'unwritable'), '');
    expect(await terminal.ended).toEqual({ exitCode: 2, isLineMode: true });
    expect(showsCursor(terminal)).toBe(true);
    expect(stripVTControlCharacters(terminal.written())).toMatch(
      /^error: .*unwritable.*: the result cannot be written there \(\w+\)\r?$/m,
    );
  });
});

/** The cursor was shown after it was last hidden. */
function showsCursor(terminal: PseudoTerminal): boolean {
  return terminal.written().lastIndexOf(SHOW_CURSOR) > terminal.written().lastIndexOf(HIDE_CURSOR);
}

function letGoOn(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
  } catch {
    // It has gone already.
  }
}

/** Of a process, by their command lines. */
function childrenOf(parent: number): readonly { readonly pid: number; readonly line: string }[] {
  const pids = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(/\s+/).map(Number);
  // One that has just ended has no command line any more.
  return pids
    .filter((pid) => existsSync(`/proc/${pid}/cmdline`))
    .map((pid) => ({ pid, line: readFileSync(`/proc/${pid}/cmdline`, 'utf8') }));
}
