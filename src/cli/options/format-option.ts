import { Option } from 'commander';
import { ChatbenchError } from '../../errors.ts';
import { didYouMean } from '../../nearest.ts';
import { FORMAT_NAMES, type FormatName } from '../../report/format-names.ts';

/** `--format html,md`, also given several times; undefined where it is not given. */
export function formatOption(description: string): Option {
  return new Option('--format <formats>', `${description}: ${FORMAT_NAMES.join(', ')}`).argParser(
    (text: string, given: readonly FormatName[] | undefined) => [...new Set([...(given ?? []), ...parseFormats(text)])],
  );
}

/** @throws ChatbenchError `usage` where a name is not of `FORMATS` */
function parseFormats(text: string): readonly FormatName[] {
  return text.split(',').map((part) => {
    const name = part.trim();
    const known = FORMAT_NAMES.find((candidate) => candidate === name);
    if (known !== undefined) return known;
    const suggestion = didYouMean(name, FORMAT_NAMES);
    throw new ChatbenchError('usage', `--format ${text}: unknown format ${JSON.stringify(name)}${suggestion}`, {
      hint: `formats are ${FORMAT_NAMES.join(', ')}`,
    });
  });
}
