import { redact } from '../redact.ts';

/** Writes text and a line end to stdout. */
export function printLine(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes text and a line end to stderr, without secrets: what is not the answer itself. */
export function printNote(text: string): void {
  process.stderr.write(`${redact(text)}\n`);
}

/** A reader that has had enough (`| head`) ends the output, not the run: its result and exit code still count. */
export function ignoreBrokenPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
    });
  }
}
