import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { wrapText } from './display-width.ts';
import { indented } from './fact-lines.ts';
import type { Palette } from './palette.ts';
import { plainText } from './plain-text.ts';

/** One reason why a chat is slow, with the code that `explain` takes. */
export function diagnosisSentence(
  { code, text }: Pick<Diagnosis, 'code' | 'text'>,
  palette: Palette,
  columns: number,
): readonly string[] {
  const [first, ...rest] = wrapText(plainText(`${text} (${code})`), columns - 5);
  return [`   ${palette.caution('→')} ${first}`, ...indented(rest, 5)];
}
