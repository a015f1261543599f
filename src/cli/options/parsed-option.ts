import { Option } from 'commander';
import { ChatbenchError } from '../../errors.ts';
import type { Parser } from '../../units.ts';

/**
 * A flag whose value is read at once, with the same words for a mistake as in a scenario.
 *
 * @param shown the default, for people
 */
export function parsedOption<T>(
  flags: string,
  description: string,
  parse: Parser<T>,
  fallback?: T,
  shown?: string,
): Option {
  const option = new Option(flags, description);
  if (fallback !== undefined) option.default(fallback, shown);
  return option.argParser((text) => {
    const parsed = parse(text);
    if (parsed.ok) return parsed.value;
    throw new ChatbenchError('usage', `${option.long} ${text}: expected ${parsed.expected}${parsed.suggestion ?? ''}`);
  });
}
