import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { listNumbers } from './proc-sockets.ts';

/** Processes of this machine by number, by a file that holds it, or by name; none where nothing goes by it. */
export function findProcesses(wanted: string): readonly number[] {
  if (/^\d+$/.test(wanted)) return [Number(wanted)];
  if (wanted.includes('/')) {
    const text = readText(wanted).trim().split(/\s/, 1)[0] ?? '';
    return /^\d+$/.test(text) ? [Number(text)] : [];
  }
  const own = new Set(listAncestors(process.pid));
  return listNumbers('/proc').filter((pid) => !own.has(pid) && goesBy(pid, wanted));
}

/** The system cuts off what a process calls itself. */
const LONGEST_COMM = 15;

/** Its program, its script or another argument is called so, whatever directory it lies in; or the process calls itself so. */
function goesBy(pid: number, name: string): boolean {
  const words = readText(`/proc/${pid}/cmdline`).split('\0');
  // The generator's own processes are none of what is behind the chat.
  if (words.some((word) => basename(word).startsWith('shard-process.'))) return false;
  if (words.some((word) => word !== '' && basename(word) === name)) return true;
  // A title that a process gave itself stands in one word: "postgres: checkpointer".
  if (words[0]?.split(/[: ]/, 1)[0] === name) return true;
  return name.length <= LONGEST_COMM && readText(`/proc/${pid}/comm`).trim() === name;
}

/** This process and all above it: whoever started it has the name that is looked for in its own command line. */
function listAncestors(pid: number): readonly number[] {
  const found: number[] = [];
  for (let at = pid; at > 0 && !found.includes(at); ) {
    found.push(at);
    const stat = readText(`/proc/${at}/stat`);
    at = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
  }
  return found;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
