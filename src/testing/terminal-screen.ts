import headless from '@xterm/headless';

/** What a terminal shows of what is written to it: an emulator without a window. */
export interface TerminalScreen {
  /** Settles once it is shown. */
  write(text: string): Promise<void>;
  resize(columns: number, rows: number): void;
  /** What is in sight, from the top down, without blanks at the ends of rows. */
  rows(): readonly string[];
  /** The normal screen's rows, those out of sight first. */
  scrollback(): readonly string[];
  isAlternate(): boolean;
}

export function openTerminalScreen(columns: number, rows: number): TerminalScreen {
  const terminal = new headless.Terminal({
    cols: columns,
    rows,
    scrollback: 10_000,
    allowProposedApi: true,
    convertEol: true,
  });
  const read = (buffer: typeof terminal.buffer.active, from: number, to: number) =>
    Array.from({ length: to - from }, (_, row) => buffer.getLine(from + row)?.translateToString(true) ?? '');
  return {
    write: (text) => new Promise((resolve) => terminal.write(text, resolve)),
    resize: (nextColumns, nextRows) => terminal.resize(nextColumns, nextRows),
    rows() {
      const { active } = terminal.buffer;
      return read(active, active.baseY, active.baseY + terminal.rows);
    },
    scrollback: () => read(terminal.buffer.normal, 0, terminal.buffer.normal.length),
    isAlternate: () => terminal.buffer.active.type === 'alternate',
  };
}
