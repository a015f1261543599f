import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** Programs that run somebody else's: that one's name says more. */
const INTERPRETER =
  /^(node|nodejs|bun|deno|java|ruby|perl|php[\d.]*|python[\d.]*|pypy\d*|uv|dotnet|sh|bash|dash|env|tini)$/;

/**
 * What a process is called in a report, by its command line: its program, or the script or module that an interpreter runs.
 *
 * @param words of its command line
 */
export function nameProcess(words: readonly string[]): string | null {
  const [program = '', ...rest] = words;
  // A title that a process gave itself stands in one word: "nginx: master process nginx".
  const own = basename(program.split(/: /, 1)[0]!);
  if (own === '') return null;
  if (own.startsWith('beam') && words.some((word) => /rabbit/.test(word))) return 'rabbitmq';
  const script = INTERPRETER.test(own) ? rest.find((word) => word !== '' && !word.startsWith('-')) : undefined;
  return script === undefined ? own : basename(script).replace(/[?#].*$/, '') || own;
}

/** Null where there is no such process any more. */
export function readProcessName(pid: number): string | null {
  try {
    return nameProcess(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0'));
  } catch {
    return null;
  }
}
