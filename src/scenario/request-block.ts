import { z } from 'zod';
import { splitPlaceholders, writePlaceholder } from '../placeholders.ts';
import { describeValue, quantity, text } from './file-schemas.ts';
import { address, type Brought, findFunctionIssues, findTemplateIssues, frame, headers } from './protocol-schemas.ts';
import type { FrameText } from './protocol-spec.ts';
import * as rules from './rules.ts';

/** Connections that one generator process keeps to a server of one's own for HTTP. */
export const connections = quantity(rules.connectionsOf(10_000)).optional();
export const DEFAULT_CONNECTIONS = 64;

/**
 * The keys of an HTTP request.
 *
 * @param example of its address
 * @param allowed placeholders of what it carries
 */
export function requestKeys(example: string, brought: Brought, allowed: readonly string[]) {
  return {
    method: text(/^[A-Z]{1,20}$/, 'a method such as POST').optional(),
    url: address(['http://', 'https://', '{endpoint}'], example, brought),
    headers: headers(brought).optional(),
    body: frame(allowed).optional(),
    form: form(allowed).optional(),
  };
}

/** What an HTTP request carries: `body` or `form`, and the header that says which. */
export function bodyOf(
  { body, form }: { readonly body?: FrameText | undefined; readonly form?: FrameText | undefined },
  context: z.RefinementCtx,
): { readonly frame: FrameText | null; readonly headers: Readonly<Record<string, string>> } {
  if (body !== undefined && form !== undefined) context.addIssue('expected either body or form');
  const frame = body ?? form ?? null;
  const type = frame?.encoding === 'json' ? 'application/json' : FORM_TYPE;
  return { frame, headers: frame === null || frame.encoding === 'text' ? {} : { 'content-type': type } };
}

const FORM_TYPE = 'application/x-www-form-urlencoded';

/** `{ name: '{user}' }` as a form's text. */
function form(allowed: readonly string[]) {
  return z.unknown().transform((value, context): FrameText => {
    const fields = value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : [];
    if (fields.length === 0 || fields.some(([, field]) => !['string', 'number', 'boolean'].includes(typeof field))) {
      context.addIssue(`expected fields and their values such as { name: '{user}' }, got ${describeValue(value)}`);
      return z.NEVER;
    }
    const texts = fields.map(([name, field]) => `${encodeURIComponent(name)}=${encodeLiterals(String(field))}`);
    for (const [, field] of fields) {
      const issues = [...findTemplateIssues(String(field), allowed), ...findFunctionIssues(String(field), true)];
      for (const issue of issues) context.addIssue(issue);
    }
    return { text: texts.join('&'), encoding: 'form' };
  });
}

/** Placeholders stay what they are: their values are encoded once they are known. */
function encodeLiterals(value: string): string {
  return splitPlaceholders(value)
    .map((piece) => ('literal' in piece ? encodeURIComponent(piece.literal) : writePlaceholder(piece)))
    .join('');
}
