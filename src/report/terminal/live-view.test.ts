import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it, vi } from 'vitest';
import { LIVE_UPDATE } from '../../testing/live-update-fixture.ts';
import { startLiveView } from './live-view.ts';

const SHOW_CURSOR = '\u001b[?25h';
const HIDE_CURSOR = '\u001b[?25l';

const update = { ...LIVE_UPDATE, elapsedUs: 0, last: null, overall: null, sent: 0, delivered: 0, queueDepth: null };

/** A terminal of 80×24 that remembers what was written to it. */
function fakeTerminal(): { stream: NodeJS.WriteStream; written: () => string } {
  const chunks: string[] = [];
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  return { stream: stream as unknown as NodeJS.WriteStream, written: () => chunks.join('') };
}

/** What a terminal shows after the text: enough of one for erasing lines and moving up, which is all the view uses. */
function screenAfter(text: string): string {
  const lines = [''];
  let row = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences are what a terminal reads
  for (const [token] of text.matchAll(/\u001b\[[?\d]*[A-Za-z]|\n|[^\u001b\n]+/g)) {
    if (token === '\n') {
      row++;
      lines[row] ??= '';
    } else if (token.endsWith('A') && token.startsWith('\u001b')) row = Math.max(0, row - Number(token.slice(2, -1)));
    else if (token === '\u001b[2K') lines[row] = '';
    else if (!token.startsWith('\u001b')) lines[row] += token;
  }
  return lines.join('\n').trimEnd();
}

it('shows a run, then leaves the terminal as it was, cursor included', () => {
  const terminal = fakeTerminal();
  const view = startLiveView(terminal.stream, 'burst on local');
  view.update(update);
  view.update({ ...update, elapsedUs: 11_000_000 });
  view.stop();
  const written = terminal.written();
  expect(written).toContain('burst on local');
  expect(written.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(written.lastIndexOf(HIDE_CURSOR));
  expect(screenAfter(written)).toBe('');
});

it('does not take Ctrl-C: reads no key and handles no signal alone', () => {
  const before = process.stdin.isRaw;
  const view = startLiveView(fakeTerminal().stream);
  view.update(update);
  expect(process.stdin.isRaw).toBe(before);
  expect(process.stdin.listenerCount('readable') + process.stdin.listenerCount('data')).toBe(0);
  view.stop();
});

it('goes on between two seconds of the run, by one more at most', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'performance', 'Date'] });
  try {
    const terminal = fakeTerminal();
    const view = startLiveView(terminal.stream);
    view.update({ ...update, phase: 'measure', elapsedUs: 1_000_000, totalUs: 10_000_000 });
    expect(terminal.written()).toContain('9 s of 10 s left');
    vi.advanceTimersByTime(600);
    expect(terminal.written()).not.toContain('8 s of 10 s left');
    view.update({ ...update, phase: 'measure', elapsedUs: 1_600_000, totalUs: 10_000_000 });
    vi.advanceTimersByTime(800);
    expect(terminal.written()).toContain('8 s of 10 s left');
    vi.advanceTimersByTime(5_000);
    expect(terminal.written()).not.toContain('7 s of 10 s left');
    view.stop();
  } finally {
    vi.useRealTimers();
  }
});

it('lays itself out anew when the terminal changes its size', async () => {
  const terminal = fakeTerminal();
  const view = startLiveView(terminal.stream, 'burst on local');
  view.update(update);
  Object.assign(terminal.stream, { columns: 40, rows: 12 });
  const before = terminal.written().length;
  terminal.stream.emit('resize');
  view.update({ ...update, elapsedUs: 1_000_000 });
  const lastFrame = () => {
    const text = stripVTControlCharacters(terminal.written().slice(before));
    const frame = text.slice(text.lastIndexOf('burst on local')).split('\n');
    return { lines: frame.length, columns: Math.max(...frame.map((line) => line.trimEnd().length)) };
  };
  await expect.poll(() => lastFrame().columns).toBeLessThanOrEqual(40);
  await expect.poll(() => lastFrame().lines).toBeLessThanOrEqual(12);
  view.stop();
});

it('keeps its memory flat, however long the run', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const stream = Object.assign(new PassThrough().resume(), { isTTY: true, columns: 80, rows: 24 });
  const view = startLiveView(stream as unknown as NodeJS.WriteStream);
  const heapAfter = async (from: number, to: number): Promise<number> => {
    for (let second = from; second <= to; second++) {
      view.update({ ...LIVE_UPDATE, elapsedUs: second * 1e6, totalUs: 3_600e6, queueDepth: second % 17 });
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
  view.update(update);
  view.stop();
  expect(terminal.written()).toBe(before);
});

it('carries no control sequence of a title to the terminal', () => {
  const terminal = fakeTerminal();
  const view = startLiveView(terminal.stream, 'evil \u001b[2J\u0007');
  view.update(update);
  view.stop();
  expect(terminal.written()).not.toContain('\u001b[2J');
  expect(terminal.written()).not.toContain('\u0007');
});

it('says that the run was asked to end, whoever asked', async () => {
  const terminal = fakeTerminal();
  const view = startLiveView(terminal.stream);
  view.update(update);
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
  view.update(update);
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
