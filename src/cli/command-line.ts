import { redact } from '../redact.ts';

/** The command as it was given, as results keep it: without secrets. */
export function readCommandLine(): string[] {
  return ['chatbench', ...process.argv.slice(2)].map(redact);
}
