import { execFileSync, spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { openTerminalScreen } from './terminal-screen.ts';

export interface PseudoTerminal {
  /** Everything that was written to it, control sequences included. */
  readonly written: () => string;
  /** What it shows, row by row from the top down. */
  readonly screen: () => readonly string[];
  /** Rows that have scrolled out of sight, and those it shows; without what the alternate screen holds. */
  readonly scrollback: () => readonly string[];
  /** Settles once the text has appeared; rejects when the command ends before. */
  sees(text: string): Promise<void>;
  press(key: string): void;
  /** Gives the terminal another size, as a window manager does. */
  resize(columns: number, rows: number): void;
  /** Of the command itself, not of the shell that it runs in; known once it has begun. */
  pid(): number;
  /** Settles with what the shell says after the command: its exit code, and how the terminal was left. */
  readonly ended: Promise<{ readonly exitCode: number; readonly isLineMode: boolean }>;
}

/**
 * Runs the built command in a pseudo-terminal of this size, by `script` (Linux); `npm run build` must have run. Words of `args`
 * must need no quoting.
 */
export function openPseudoTerminal(
  args: readonly string[],
  columns: number,
  rows: number,
  environment: NodeJS.ProcessEnv = {},
): PseudoTerminal {
  const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
  const command = `sh -c 'echo pid=$$; exec ${[process.execPath, main, ...args].join(' ')}'`;
  // Until the command reads keys, Ctrl-C is a signal to the whole foreground group: the shell has to live on to tell the rest.
  const line = `trap : INT; stty cols ${columns} rows ${rows}; ${command}; echo "exit=$? $(stty -a | grep -o -e '-\\?icanon')"`;
  const { CI: _ci, NO_COLOR: _noColor, LC_ALL: _all, LC_CTYPE: _type, LANG: _lang, ...env } = process.env;
  const child = spawn('script', ['-qfec', line, '/dev/null'], {
    env: { ...env, TERM: 'xterm-256color', ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const screen = openTerminalScreen(columns, rows);
  let written = '';
  let shown = Promise.resolve();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    written += chunk;
    shown = screen.write(chunk);
  });
  const closed = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const text = () => stripVTControlCharacters(written);
  const pid = () => Number(/pid=(\d+)/.exec(written)?.[1]);
  return {
    written: () => written,
    screen: screen.rows,
    scrollback: screen.scrollback,
    pid,
    press: (key) => child.stdin.write(key),
    resize(nextColumns, nextRows) {
      screen.resize(nextColumns, nextRows);
      const device = readlinkSync(`/proc/${pid()}/fd/1`);
      execFileSync('stty', ['-F', device, 'cols', String(nextColumns), 'rows', String(nextRows)]);
    },
    sees: (wanted) =>
      new Promise((resolve, reject) => {
        const look = () => text().includes(wanted) && resolve();
        child.stdout.on('data', look);
        look();
        void closed.then(() => reject(new Error(`ended before it showed "${wanted}": ${text()}`)));
      }),
    ended: closed.then(async () => {
      await shown;
      const [, code, mode] = /exit=(\d+) (-?icanon)/.exec(written) ?? [];
      return { exitCode: Number(code), isLineMode: mode === 'icanon' };
    }),
  };
}
