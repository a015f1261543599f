import { EXIT, type ExitCode } from '../../errors.ts';
import { checkAbort } from '../../gate/abort-watch.ts';
import { checkThreshold } from '../../gate/threshold.ts';
import { listScenarios } from '../../scenario/load-scenario.ts';
import { printLine } from '../print.ts';
import { layRows, textColumns } from '../rows.ts';

export interface ScenariosOptions {
  readonly json: boolean;
}

/** `chatbench scenarios`: the ready-made scenarios, each with the question that a run of it answers. */
export async function scenarios({ json }: ScenariosOptions): Promise<ExitCode> {
  const listed = listScenarios({ checkThreshold, checkAbort });
  if (json) {
    const entries = listed.map(({ name, file, scenario }) => ({ name, question: scenario.question, file }));
    printLine(JSON.stringify(entries, null, 2));
    return EXIT.pass;
  }
  const rows = listed.map(({ name, scenario }) => ({ name, texts: [scenario.question] }));
  printLine(layRows(rows, textColumns()));
  return EXIT.pass;
}
