import { z } from 'zod';
import { didYouMean } from '../nearest.ts';
import { redact } from '../redact.ts';
import type { Parser } from '../units.ts';

/** What values in a file look like, each with one line on what was expected where it is something else. */

/** A value with a unit: a YAML number is read like its text. */
export function quantity<T>(parse: Parser<T>) {
  return z.unknown().transform((value, context): T => {
    const isText = typeof value === 'string' || typeof value === 'number';
    const parsed = parse(isText ? String(value) : '');
    if (parsed.ok) return parsed.value;
    context.addIssue(isText ? parsed.reason : `expected ${parsed.expected}, got ${describeValue(value)}`);
    return z.NEVER;
  });
}

/** A string of a given form. */
export function text(pattern: RegExp, expected: string) {
  const error = (issue: { readonly input?: unknown }) => `expected ${expected}, got ${describeValue(issue.input)}`;
  return z.string({ error }).regex(pattern, { error });
}

/** One of a few words. */
export function choice<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z.enum(names, {
    error: ({ input }) => {
      const suggestion = typeof input === 'string' ? didYouMean(input, names) : '';
      return `expected ${names.slice(0, -1).join(', ')}${names.length > 1 ? ' or ' : ''}${names.at(-1)}, got ${describeValue(input)}${suggestion}`;
    },
  });
}

/** A list of a length. */
export function list<Item extends z.ZodType>(item: Item, least: number, most: number, expected: string) {
  const error = ({ input }: { readonly input?: unknown }) => `expected ${expected}, got ${describeValue(input)}`;
  return z.array(item, { error }).min(least, { error }).max(most, { error });
}

/** Unlike a union, it reports only what is wrong with the form that was chosen. */
export function listOr<T>(list: z.ZodType<T>, single: z.ZodType<T>) {
  return z.unknown().transform((value, context): T => readBy(Array.isArray(value) ? list : single, value, context));
}

/** What a schema makes of a value that another one was given: its problems are those of the other. */
export function readBy<T>(schema: z.ZodType<T>, value: unknown, context: z.RefinementCtx): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  context.issues.push(...(parsed.error.issues as z.core.$ZodRawIssue[]));
  return z.NEVER;
}

/** A mapping of known keys. */
export function mapping<Keys extends z.ZodRawShape>(keys: Keys, expected: string) {
  return z.strictObject(keys, {
    error: (issue) =>
      issue.code === 'invalid_type' ? `expected ${expected}, got ${describeValue(issue.input)}` : null,
  });
}

/** A value as problems name it: what is secret in it is hidden before it is cut. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? JSON.stringify(redact(value).slice(0, 80)) : String(value);
}

/** A list of 1 to `most` values with a unit. */
export function sequence<T>(parse: Parser<T>, most: number, expected: string) {
  return list(quantity(parse), 1, most, expected);
}
