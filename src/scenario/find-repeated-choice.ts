/** What a repeated group of a pattern may not hold. */
export type RepeatedChoice = 'repetitions' | 'alternatives';

/**
 * What makes a pattern try exponentially many ways: a group that is repeated and can match its part of a text in more than one way,
 * because a repetition (also `?`) or an alternative is somewhere in it. What is repeated otherwise has one length, so that there is
 * one way.
 *
 * @param pattern a regular expression without flags, that can be compiled
 * @returns null where there is none
 */
export function findRepeatedChoice(pattern: string): RepeatedChoice | null {
  /** Of each group that is open, the whole pattern first: the choice in it. */
  const open: (RepeatedChoice | null)[] = [null];
  const note = (choice: RepeatedChoice | null) => {
    if (choice !== null) open[open.length - 1] ??= choice;
  };
  for (let i = 0; i < pattern.length; ) {
    const character = pattern[i];
    let inGroup: RepeatedChoice | null = null;
    if (character === '(') {
      open.push(null);
      // The question mark of (?:…) repeats nothing.
      i += pattern[i + 1] === '?' ? 2 : 1;
      continue;
    }
    if (character === '|') {
      note('alternatives');
      i++;
      continue;
    }
    if (character === ')') inGroup = open.pop()!;
    i = endOfAtom(pattern, i);
    const { times, end } = readQuantifier(pattern, i);
    if (times !== 'once' && times !== 'optional' && inGroup !== null) return inGroup;
    note(times === 'once' || times === 'exactly' ? inGroup : 'repetitions');
    i = end;
  }
  return null;
}

/** Behind the character, escape or class that begins here; of a group, behind its closing parenthesis. */
function endOfAtom(pattern: string, start: number): number {
  if (pattern[start] === '\\') return start + 2;
  if (pattern[start] !== '[') return start + 1;
  let i = start + 1;
  while (pattern[i] !== ']') i += pattern[i] === '\\' ? 2 : 1;
  return i + 1;
}

/** `exactly`: some fixed number of times. `often`: from once to several times, or more. */
type Times = 'once' | 'optional' | 'exactly' | 'often';

const QUANTIFIER = /(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})\??/y;

function readQuantifier(pattern: string, start: number): { readonly times: Times; readonly end: number } {
  QUANTIFIER.lastIndex = start;
  const match = QUANTIFIER.exec(pattern);
  if (match === null) return { times: 'once', end: start };
  const [, sign, least = '', comma] = match;
  const end = QUANTIFIER.lastIndex;
  if (sign === '?') return { times: 'optional', end };
  return { times: least !== '' && comma === undefined ? 'exactly' : 'often', end };
}
