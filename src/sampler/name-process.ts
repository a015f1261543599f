import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** Programs that run somebody else's: that one's name says more. */
const INTERPRETER =
  /^(node|nodejs|bun|deno|java|ruby|perl|php[\d.]*|python[\d.]*|pypy\d*|uv|dotnet|sh|bash|dash|env|tini)$/;

/** Options of interpreters whose value is a word of its own, and none of a script. */
const WITH_VALUE = new Set(
  '-r --require --import --loader --experimental-loader -C --conditions -W -X -cp -classpath --class-path'.split(' '),
);

/**
 * What a process is called in a report, by its command line: its program, or the script or module that an interpreter runs.
 *
 * @param words of its command line
 */
export function nameProcess(words: readonly string[]): string | null {
  const [program = '', ...rest] = words;
  // A title that a process gave itself stands in one word: "nginx: master process nginx", "redis-server 127.0.0.1:6379".
  const isTitle = rest.every((word) => word === '');
  const own = basename(isTitle && !program.startsWith('/') ? program.split(/:? /, 1)[0]! : program);
  if (own === '') return null;
  if (own.startsWith('beam') && words.some((word) => /rabbit/.test(word))) return 'rabbitmq';
  const isScript = (word: string, index: number) =>
    word !== '' && !word.startsWith('-') && !WITH_VALUE.has(rest[index - 1] ?? '');
  const script = INTERPRETER.test(own) ? rest.find(isScript) : undefined;
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
