import { Argument } from 'commander';
import { ChatbenchError } from '../../errors.ts';
import type { Parser } from '../../units.ts';

/** An argument whose value is read at once, with the same words for a mistake as in a scenario. */
export function parsedArgument<T>(name: string, description: string, parse: Parser<T>): Argument {
  return new Argument(name, description).argParser((text) => {
    const parsed = parse(text);
    if (parsed.ok) return parsed.value;
    throw new ChatbenchError('usage', parsed.reason);
  });
}
