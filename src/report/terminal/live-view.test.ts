import { PassThrough } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it, vi } from 'vitest';
import { Histogram } from '../../record/histogram.ts';
import { LIVE_UPDATE } from '../../testing/live-update-fixture.ts';
import { openTerminalScreen } from '../../testing/terminal-screen.ts';
import { startLiveView } from './live-view.ts';

const NOTHING = new Histogram().snapshot();

const update = { ...LIVE_UPDATE, elapsedUs: 0, last: null, overall: null, sent: 0, delivered: 0, queueDepth: null };

/** A terminal of 80×24 that remembers what was written to it. */
function fakeTerminal(): { stream: NodeJS.WriteStream; written: () => string } {
  const chunks: string[] = [];
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  return { stream: stream as unknown as NodeJS.WriteStream, written: () => chunks.join('') };
}

it('shows a run on a screen of its own, then leaves the terminal as it was, cursor included', async () => {
  const terminal = fakeTerminal();
  const screen = openTerminalScreen(80, 24);
  await screen.write('starting the target\n');
  const view = startLiveView(terminal.stream, 'burst on local');
  view.update(update, NOTHING);
  view.update({ ...update, elapsedUs: 11_000_000 }, NOTHING);
  await screen.write(terminal.written());
  expect(screen.isAlternate()).toBe(true);
  expect(screen.rows().join('\n')).toContain('burst on local');
  const before = terminal.written().length;
  view.stop();
  await screen.write(terminal.written().slice(before));
  expect(screen.isAlternate()).toBe(false);
  expect(terminal.written().lastIndexOf('\u001b[?25h')).toBeGreaterThan(terminal.written().lastIndexOf('\u001b[?25l'));
  expect(screen.scrollback().join('\n').trimEnd()).toBe('starting the target');
});

it('does not take Ctrl-C: reads no key and handles no signal alone', () => {
  const before = process.stdin.isRaw;
  const view = startLiveView(fakeTerminal().stream);
  view.update(update, NOTHING);
  expect(process.stdin.isRaw).toBe(before);
  expect(process.stdin.listenerCount('readable') + process.stdin.listenerCount('data')).toBe(0);
  view.stop();
});

it('goes on between two seconds of the run, by one more at most', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'performance', 'Date'] });
  try {
    const terminal = fakeTerminal();
    const view = startLiveView(terminal.stream);
    view.update({ ...update, phase: 'measure', elapsedUs: 1_000_000, totalUs: 10_000_000 }, NOTHING);
    expect(terminal.written()).toContain('9 s of 10 s left');
    vi.advanceTimersByTime(600);
    expect(terminal.written()).not.toContain('8 s of 10 s left');
    view.update({ ...update, phase: 'measure', elapsedUs: 1_600_000, totalUs: 10_000_000 }, NOTHING);
    vi.advanceTimersByTime(800);
    expect(terminal.written()).toContain('8 s of 10 s left');
    vi.advanceTimersByTime(5_000);
    expect(terminal.written()).not.toContain('7 s of 10 s left');
    view.stop();
  } finally {
    vi.useRealTimers();
  }
});

it('leaves no debris when the terminal changes its size, whatever that does to what it shows', async () => {
  const terminal = fakeTerminal();
  const screen = openTerminalScreen(80, 24);
  terminal.stream.on('data', (chunk: Buffer) => void screen.write(chunk.toString()));
  const view = startLiveView(terminal.stream, 'burst on local');
  for (const second of [1, 2, 3]) view.update({ ...LIVE_UPDATE, elapsedUs: second * 1e6 }, NOTHING);
  const settled = async () => {
    await expect.poll(() => screen.rows().join('\n')).toContain('Ctrl-C stops the run');
    await new Promise((resolve) => setTimeout(resolve, 300));
    return screen.rows();
  };
  const before = await settled();
  for (const [columns, rows] of [
    [60, 20],
    [200, 60],
    [40, 15],
    [80, 24],
  ] as const) {
    screen.resize(columns, rows);
    Object.assign(terminal.stream, { columns, rows });
    terminal.stream.emit('resize');
    const shown = await settled();
    for (const only of ['burst on ', 'just arrived', 'ledger', 'Ctrl-C stops the run'])
      expect(
        shown.filter((row) => row.includes(only)),
        `${only} at ${columns}×${rows}`,
      ).toHaveLength(1);
    expect(shown[0]).toContain('burst on ');
    expect(shown.at(-2)).toContain('Ctrl-C stops');
    expect(shown.at(-1)).toBe('');
  }
  // But for the time that has passed.
  expect((await settled()).slice(2)).toEqual(before.slice(2));
  view.stop();
});

it('paints nothing under NO_COLOR, and what a terminal has colours for otherwise', () => {
  const framesAt = (depth: number) => {
    const terminal = fakeTerminal();
    Object.assign(terminal.stream, { getColorDepth: () => depth });
    const view = startLiveView(terminal.stream);
    view.update({ ...LIVE_UPDATE, ledger: { ...LIVE_UPDATE.ledger, lost: 3 } }, NOTHING);
    view.stop();
    return terminal.written();
  };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences are what a terminal reads
  const colors = /\u001b\[(?:3[0-8]|9[0-7])[;m]/;
  expect(framesAt(1)).not.toMatch(colors);
  expect(framesAt(4)).toMatch(colors);
  expect(framesAt(4)).not.toContain('\u001b[38;');
  expect(framesAt(8)).toContain('\u001b[38;5;');
});

it('shows ASCII alone where the terminal has no UTF-8', () => {
  vi.stubEnv('LC_ALL', 'C');
  try {
    const terminal = fakeTerminal();
    const view = startLiveView(terminal.stream);
    for (const second of [1, 2, 3]) view.update({ ...LIVE_UPDATE, elapsedUs: second * 1e6 }, NOTHING);
    view.stop();
    expect(terminal.written()).toContain('+ delivery.p95 < 170ms');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
    expect(terminal.written()).toMatch(/^[\u0000-\u007f]+$/);
  } finally {
    vi.unstubAllEnvs();
  }
});

it('keeps its memory flat, however long the run', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const stream = Object.assign(new PassThrough().resume(), { isTTY: true, columns: 80, rows: 24 });
  const view = startLiveView(stream as unknown as NodeJS.WriteStream);
  const heapAfter = async (from: number, to: number): Promise<number> => {
    for (let second = from; second <= to; second++) {
      view.update({ ...LIVE_UPDATE, elapsedUs: second * 1e6, totalUs: 3_600e6, queueDepth: second % 17 }, NOTHING);
      await new Promise(setImmediate);
    }
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const early = await heapAfter(1, 300);
  const late = await heapAfter(301, 1_200);
  view.stop();
  // Less than 2 KB a frame, which is its text alone: what stays are the engine's own tables, and they end growing.
  expect(late - early).toBeLessThan(2_000_000);
});

it('draws nothing after it was stopped', () => {
  const terminal = fakeTerminal();
  const view = startLiveView(terminal.stream);
  view.stop();
  const before = terminal.written();
  view.update(update, NOTHING);
  view.stop();
  expect(terminal.written()).toBe(before);
});

it('carries no control sequence of a title to the terminal', () => {
  const terminal = fakeTerminal();
  const view = startLiveView(terminal.stream, 'evil \u001b[2J\u0007');
  view.update(update, NOTHING);
  view.stop();
  expect(terminal.written()).not.toContain('\u001b[2J');
  expect(terminal.written()).not.toContain('\u0007');
});

it('says that the run was asked to end, whoever asked', async () => {
  const terminal = fakeTerminal();
  const view = startLiveView(terminal.stream);
  view.update(update, NOTHING);
  await expect.poll(() => terminal.written()).toContain('Ctrl-C stops the run');
  view.stopping();
  await expect.poll(() => terminal.written()).toContain('Stopping; what was measured is kept.');
  view.stop();
});

it('obeys keys, Ctrl-C included, and gives the keyboard back', async () => {
  const asked: string[] = [];
  const modes: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (mode: boolean) => modes.push(mode),
    ref() {},
    unref() {},
  });
  const terminal = fakeTerminal();
  const view = startLiveView(terminal.stream, 'burst on local', {
    stdin: stdin as unknown as NodeJS.ReadStream,
    stop: () => asked.push('stop'),
    pause: () => asked.push('pause'),
  });
  view.update(update, NOTHING);
  const reaches = async (condition: () => boolean) => expect.poll(condition).toBe(true);
  await reaches(() => modes.at(-1) === true);
  stdin.write('?');
  await reaches(() => terminal.written().includes('this help'));
  stdin.write('p');
  await reaches(() => asked.length === 1);
  stdin.write('q');
  await reaches(() => asked.length === 2);
  stdin.write('\u0003');
  await reaches(() => asked.length === 3);
  view.stop();
  expect(asked).toEqual(['pause', 'stop', 'stop']);
  await reaches(() => modes.at(-1) === false);
});
