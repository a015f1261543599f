import { join } from 'node:path';
import { writeRepeatIndex } from '../result/repeat-index.ts';
import { writeResult } from '../result/result-file.ts';
import { smallResult } from './small-result.ts';

/** Writes a repeat of small runs: trials of these ids, and those that were set aside. */
export async function writeRepeatFixture(
  directory: string,
  ids: readonly string[],
  idsAside: readonly string[] = [],
): Promise<void> {
  for (const id of [...ids, ...idsAside]) await writeResult(join(directory, id), smallResult({ run: { id } }));
  const listed = (id: string) => ({ directory: id, id, verdict: 'pass' as const, exitCode: 0, stealRatio: 0 });
  await writeRepeatIndex(directory, {
    schema: 'chatbench.repeat/1',
    scenario: 'small',
    startedAt: '2026-01-01T00:00:00.000Z',
    command: ['chatbench', 'run', 'small', '--repeat', String(ids.length)],
    planned: ids.length,
    exitCode: 0,
    trials: ids.map(listed),
    maxStealRatio: 0.02,
    overBudget: 0,
    setAside: idsAside.map((id) => ({ ...listed(id), reason: 'the hypervisor took 8%' })),
    figures: {},
  });
}
