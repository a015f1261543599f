import { ChatbenchError } from '../errors.ts';

/** One thing that is wrong with a scenario: where (a place in the file, or a flag), and what was expected there. */
export interface Problem {
  /** 1-based place in the file; null for a flag. */
  readonly place: { readonly line: number; readonly column: number } | null;
  /** The whole line for the operator. */
  readonly line: string;
}

export function problemAt(file: string, place: { line: number; column: number }, text: string): Problem {
  return { place, line: `${file}:${place.line}:${place.column}: ${text}` };
}

/** `flag` with its value, as given: "--rate 0". */
export function problemWithFlag(flag: string, text: string): Problem {
  return { place: null, line: `${flag}: ${text}` };
}

/** All problems as one error, a line each: in the order of the file, then flags. `hint`: what to do instead. */
export function scenarioError(problems: readonly Problem[], hint?: string): ChatbenchError {
  const ordered = [...problems].sort((a, b) => {
    if (a.place === null || b.place === null) return Number(a.place === null) - Number(b.place === null);
    return a.place.line - b.place.line || a.place.column - b.place.column;
  });
  const lines = [...new Set(ordered.map((problem) => problem.line))];
  return new ChatbenchError('scenario-invalid', lines.join('\n'), hint === undefined ? {} : { hint });
}
