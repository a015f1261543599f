import { redact } from '../redact.ts';
import { showsUnicode, toAscii } from '../report/terminal/to-ascii.ts';

/** Whether the command has answered on stdout. */
let hasAnswer = false;

/** A command begins, which has not answered yet. */
export function beginAnswer(): void {
  hasAnswer = false;
}

/** Whether nothing was written to stdout since the command began. */
export function isUnanswered(): boolean {
  return !hasAnswer;
}

/** Writes to stdout what a command was asked for. */
export function printAnswer(text: string): void {
  hasAnswer = true;
  process.stdout.write(shown(text, process.stdout));
}

/** The same, with a line end. */
export function printLine(text: string): void {
  printAnswer(`${text}\n`);
}

/** Whether whoever reads the answer sees colours. */
export function answersInColor(): boolean {
  return process.stdout.isTTY === true && process.stdout.hasColors();
}

/** Notes that wait; null while none has to. */
let held: string[] | null = null;

/** Writes text and a line end to stderr, without secrets: what is not the answer itself. */
export function printNote(text: string): void {
  const line = shown(`${redact(text)}\n`, process.stderr);
  if (held === null) process.stderr.write(line);
  else held.push(line);
}

/** Keeps back what is noted from now on, until the function that it yields is called, which writes all of it. Idempotent. */
export function holdNotes(): () => void {
  held ??= [];
  return () => {
    const lines = held ?? [];
    held = null;
    for (const line of lines) process.stderr.write(line);
  };
}

/** A terminal that has no other signs is shown ASCII; a file or a pipe gets what there is. */
function shown(text: string, { isTTY }: NodeJS.WriteStream): string {
  return isTTY === true && !showsUnicode(process.env, process.platform) ? toAscii(text) : text;
}

/** The reader of a pipe, or the terminal. */
const GONE: readonly (string | undefined)[] = ['EPIPE', 'ERR_STREAM_DESTROYED', 'EIO', 'ENXIO'];

/** A reader that has had enough (`| head`), or a terminal that has gone, ends the output, not the run: its result and exit code still count. */
export function ignoreBrokenPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!GONE.includes(error.code)) throw error;
    });
  }
}
