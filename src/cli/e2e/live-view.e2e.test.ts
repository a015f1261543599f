import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readResult } from '../../result/result-file.ts';
import { openPseudoTerminal } from '../../testing/pseudo-terminal.ts';

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
    const written = terminal.written();
    expect(written.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(written.lastIndexOf(HIDE_CURSOR));
    expect(isLineMode).toBe(true);
    const lines = stripVTControlCharacters(written).split(/[\r\n]+/);
    const summary = lines.slice(lines.findIndex((line) => /^ [✓✗!] (PASS|FAIL|INVALID) {2}burst/.test(line)));
    expect(summary[0]).toMatch(/burst$/);
    expect(summary.join('\n')).toMatch(/300 planned = 300 sent \+ 0 skipped/);
    expect(Math.max(...summary.filter((line) => !line.includes(out)).map((line) => line.length))).toBeLessThanOrEqual(
      Math.min(100, columns),
    );
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
    expect(result.interruptedBy).toBe('SIGINT');
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
});
