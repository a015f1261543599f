import type { FrameRule, FrameTest } from '../../scenario/protocol-spec.ts';
import { memberAt } from './member-at.ts';

export type FrameMatcher = (frame: Buffer) => boolean;

type Fill = (text: string) => string;
const asItIs: Fill = (text) => text;

/**
 * A rule as a function of the frame's bytes. Texts are found by a byte search, and a JSON test looks for the bytes of its
 * value before it parses: most frames are told apart without a parse, an allocation or a copy.
 *
 * @param fill what stands for the placeholders of the rule's texts
 */
export function compileRule(rule: FrameRule, fill: Fill = asItIs): FrameMatcher {
  const matchers = rule.map((test) => compileTest(test, fill));
  const [only] = matchers;
  if (only !== undefined && matchers.length === 1) return only;
  return (frame) => {
    for (const matches of matchers) if (!matches(frame)) return false;
    return true;
  };
}

/** Like `starts with "43"`, for people. */
export function describeRule(rule: FrameRule): string {
  return rule
    .map((test) => {
      if (test.test === 'regex') return `matches ${test.pattern}`;
      if (test.test === 'json') return `${test.path.join('.')} is ${JSON.stringify(test.equals)}`;
      return `${{ contains: 'contains', 'starts-with': 'starts with', equals: 'is' }[test.test]} ${JSON.stringify(test.text)}`;
    })
    .join(', ');
}

/** Sequences that a frame holds as numbers, in their order. */
export type SequencesReader = (frame: Buffer) => readonly number[];

/** What the group of a rule's pattern holds, as often as it matches; null where no pattern of the rule has a group. */
export function compileSequencesReader(rule: FrameRule, fill: Fill = asItIs): SequencesReader | null {
  const test = rule.find((candidate) => candidate.test === 'regex' && countGroups(candidate.pattern) > 0);
  return test?.test === 'regex' ? readAll(new RegExp(fillPattern(test.pattern, fill), 'g')) : null;
}

/** Every number in a frame that {seq} may have been, wherever it stands. */
export const readBareSequences = readAll(/(?<!\d)(1\d{10})(?!\d)/g);

function readAll(pattern: RegExp): SequencesReader {
  return (frame) => {
    const sequences: number[] = [];
    for (const [, digits] of beginningOf(frame).matchAll(pattern)) {
      const sequence = sequenceOf(digits ?? '');
      if (sequence >= 0 && !sequences.includes(sequence)) sequences.push(sequence);
    }
    return sequences;
  };
}

/** The number that {seq} is for message 0: ten digits of the sequence behind a 1, so that it never begins with a 0. */
export const FIRST_SEQUENCE = 10_000_000_000;
const SEQUENCE = /^1\d{10}$/;

/** The number that {seq32} is for message 0: with nine digits of the sequence behind a 1 it is one of 32 bits, signed or not. */
export const FIRST_NUMBER = 1_000_000_000;
const NUMBER = /^1\d{9}$/;

function sequenceOf(digits: string): number {
  if (SEQUENCE.test(digits)) return Number(digits) - FIRST_SEQUENCE;
  return NUMBER.test(digits) ? Number(digits) - FIRST_NUMBER : -1;
}

/** As much of a frame as a pattern gets to see: a bound on what a bad pattern can cost. */
const PATTERN_BYTES = 512;

function compileTest(test: FrameTest, fill: Fill): FrameMatcher {
  if (test.test === 'regex') {
    const pattern = new RegExp(fillPattern(test.pattern, fill));
    return (frame) => pattern.test(beginningOf(frame));
  }
  if (test.test === 'json')
    return compileMember(test.path, typeof test.equals === 'string' ? fill(test.equals) : test.equals);
  const text = Buffer.from(fill(test.text));
  if (test.test === 'contains') return (frame) => frame.includes(text);
  if (test.test === 'equals') return (frame) => frame.equals(text);
  return (frame) => startsWith(frame, text);
}

/** Variables stand for themselves in a pattern; its other braces are the pattern's own. */
function fillPattern(pattern: string, fill: Fill): string {
  return pattern.replace(/\$\{env:\w+\}/g, (variable) => {
    // Byte by byte, as a pattern is given the frame.
    const value = Buffer.from(fill(variable)).toString('latin1');
    return value.replace(/[^\w\s]/g, '\\$&');
  });
}

function compileMember(path: readonly string[], equals: string | number | boolean | null): FrameMatcher {
  const name = path.at(-1)!;
  const keys = /^\d+$/.test(name) ? null : spellingsOf(name);
  const values = typeof equals === 'string' ? spellingsOf(equals) : null;
  return (frame) => {
    if (values !== null && !holdsAny(frame, values)) return false;
    if (keys !== null && !holdsAny(frame, keys)) return false;
    return memberAt(frame.toString(), path) === equals;
  };
}

/**
 * The bytes by which a frame can hold this text as a JSON string; null where it has characters of which escapes make too many. A
 * slash is escaped by some encoders, PHP's among them, and by those always.
 */
function spellingsOf(text: string): readonly Buffer[] | null {
  if (!/^[\w .:/-]*$/.test(text)) return null;
  const spellings = new Set([`"${text}"`, `"${text.replaceAll('/', '\\/')}"`]);
  return [...spellings].map((spelling) => Buffer.from(spelling));
}

function holdsAny(frame: Buffer, spellings: readonly Buffer[]): boolean {
  for (const spelling of spellings) if (frame.includes(spelling)) return true;
  return false;
}

function startsWith(frame: Buffer, text: Buffer): boolean {
  if (frame.length < text.length) return false;
  for (let i = 0; i < text.length; i++) if (frame[i] !== text[i]) return false;
  return true;
}

function beginningOf(frame: Buffer): string {
  return frame.toString('latin1', 0, PATTERN_BYTES);
}

function countGroups(pattern: string): number {
  return new RegExp(`${pattern}|`).exec('')!.length - 1;
}
