import { DIAGNOSIS_CODES } from '../../diagnosis/diagnosis.ts';
import { MEANINGS } from '../../diagnosis/meanings.ts';
import { ChatbenchError, EXIT, type ExitCode } from '../../errors.ts';
import { didYouMean } from '../../nearest.ts';
import { printLine } from '../print.ts';
import { layRows, textColumns } from '../rows.ts';

/** `chatbench explain [code]`: what a finding of a run's diagnosis means, how it is found, and what helps; without a code all of them. */
export async function explain(name: string | undefined): Promise<ExitCode> {
  if (name === undefined) {
    const rows = DIAGNOSIS_CODES.map((code) => ({ name: code, texts: [MEANINGS[code].means] }));
    printLine(layRows(rows, textColumns()));
    return EXIT.pass;
  }
  const code = DIAGNOSIS_CODES.find((one) => one === name);
  if (code === undefined) {
    const suggestion = didYouMean(name, DIAGNOSIS_CODES);
    const expected = suggestion === '' ? `, expected one of ${DIAGNOSIS_CODES.join(', ')}` : suggestion;
    throw new ChatbenchError('usage', `unknown finding ${JSON.stringify(name)}${expected}`);
  }
  const { means, found, helps } = MEANINGS[code];
  const rows = [
    { name: code, texts: [means] },
    { name: 'found by', texts: [found] },
    { name: 'helps', texts: [helps] },
  ];
  printLine(layRows(rows, textColumns()));
  return EXIT.pass;
}
