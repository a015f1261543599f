import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { summarySchema } from '../../report/json/summary-schema.ts';
import { startChatbench } from '../../testing/run-chatbench.ts';

/** Beyond what a busy machine does of itself to a message, and so far below the stop that other programs do not explain that. */
const THRESHOLD = 'delivery.max < 400ms';
const STOP_MS = 4_500;

/** No lateness of the whole run says anything by itself. */
const SCENARIO = `
name: steady
question: Who stood still?
clients: 20
rooms: { size: 2 }
rate: 300/s
duration: 10s
warmup: 1s
lateness-budget: 10s
thresholds: ['${THRESHOLD}']
`;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'chatbench-whose-'));
  writeFileSync(join(directory, 'steady.yaml'), SCENARIO);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Children of the process whose command line names the module. */
function findChild(parent: number, module: string): number {
  const found = readdirSync('/proc').filter((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      const parentOf = Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${entry}/status`, 'latin1'))?.[1]);
      return parentOf === parent && readFileSync(`/proc/${entry}/cmdline`, 'latin1').includes(module);
    } catch {
      return false;
    }
  });
  expect(found).toHaveLength(1);
  return Number(found[0]);
}

/** A run in whose middle a process of it is stopped. */
async function runWhileStopping(module: string) {
  const run = startChatbench(['run', 'steady.yaml', '--target', 'embedded', '--json'], directory);
  await run.sees('measure');
  const pid = findChild(run.child.pid ?? 0, module);
  process.kill(pid, 'SIGSTOP');
  await sleep(STOP_MS);
  process.kill(pid, 'SIGCONT');
  const code = await run.ended;
  return { code, ...summarySchema.parse(JSON.parse(run.stdout())) };
}

describe('a process that is stopped once in a run', () => {
  it('is blamed where it is the generator: the threshold is undecided', async () => {
    const { code, thresholds, warnings } = await runWhileStopping('shard-process');
    expect(thresholds.find(({ expression }) => expression === THRESHOLD)).toMatchObject({
      ok: false,
      undecided: expect.stringContaining('sent or read late'),
    });
    expect(warnings.map((warning) => warning.code)).toContain('undecided');
    expect(code).toBe(5);
  });

  it('fails the run where it is the target', async () => {
    const { code, thresholds } = await runWhileStopping('embedded-process');
    const missed = thresholds.find(({ expression }) => expression === THRESHOLD);
    expect(missed?.ok).toBe(false);
    expect(missed).not.toHaveProperty('undecided');
    expect(code).toBe(4);
  });
});
