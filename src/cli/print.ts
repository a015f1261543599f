import { redact } from '../redact.ts';

/** Writes text and a line end to stdout. */
export function printLine(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes text and a line end to stderr, without secrets: what is not the answer itself. */
export function printNote(text: string): void {
  process.stderr.write(`${redact(text)}\n`);
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
