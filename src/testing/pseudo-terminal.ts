import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

export interface PseudoTerminal {
  /** Everything that was written to it, control sequences included. */
  readonly written: () => string;
  /** Settles once the text has appeared; rejects when the command ends before. */
  sees(text: string): Promise<void>;
  press(key: string): void;
  /** Of the command itself, not of the shell that it runs in; known once it has begun. */
  pid(): number;
  /** Settles with what the shell says after the command: its exit code, and how the terminal was left. */
  readonly ended: Promise<{ readonly exitCode: number; readonly isLineMode: boolean }>;
}

/**
 * Runs the built command in a pseudo-terminal of this size, by `script` (Linux); `npm run build` must have run. Words of `args`
 * must need no quoting.
 */
export function openPseudoTerminal(args: readonly string[], columns: number, rows: number): PseudoTerminal {
  const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
  const command = `sh -c 'echo pid=$$; exec ${[process.execPath, main, ...args].join(' ')}'`;
  // Until the command reads keys, Ctrl-C is a signal to the whole foreground group: the shell has to live on to tell the rest.
  const line = `trap : INT; stty cols ${columns} rows ${rows}; ${command}; echo "exit=$? $(stty -a | grep -o -e '-\\?icanon')"`;
  const { CI: _ci, NO_COLOR: _noColor, ...env } = process.env;
  const child = spawn('script', ['-qfec', line, '/dev/null'], {
    env: { ...env, TERM: 'xterm-256color' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let written = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    written += chunk;
  });
  const closed = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const text = () => stripVTControlCharacters(written);
  return {
    written: () => written,
    pid: () => Number(/pid=(\d+)/.exec(written)?.[1]),
    press: (key) => child.stdin.write(key),
    sees: (wanted) =>
      new Promise((resolve, reject) => {
        const look = () => text().includes(wanted) && resolve();
        child.stdout.on('data', look);
        look();
        void closed.then(() => reject(new Error(`ended before it showed "${wanted}": ${text()}`)));
      }),
    ended: closed.then(() => {
      const [, code, mode] = /exit=(\d+) (-?icanon)/.exec(written) ?? [];
      return { exitCode: Number(code), isLineMode: mode === 'icanon' };
    }),
  };
}
