import { writeFileSync } from 'node:fs';
import { readResult } from '../result/result-file.ts';
import { runResult } from '../result/run-result.ts';

/**
 * Makes a fixture of `diagnosed-runs/` from a run as it was written, without what no rule of a diagnosis reads:
 *
 *     node src/testing/thin-run.ts reports/RUN src/testing/diagnosed-runs/NAME.json
 */
async function thinRun(directory: string): Promise<string> {
  const { samples, ...run } = await readResult(directory);
  const intervals = samples.intervals.map((interval) => ({ ...interval, due: null, loopDelay: '' }));
  const thin = runResult.parse({
    ...run,
    command: ['chatbench', 'run'],
    environment: { ...run.environment, cpu: 'any' },
    samples: { ...samples, own: null, examples: [], intervals, slowest: undefined },
  });
  return `${JSON.stringify(thin)}\n`;
}

if (import.meta.main) {
  const [from = '', to = ''] = process.argv.slice(2);
  writeFileSync(to, await thinRun(from));
}
