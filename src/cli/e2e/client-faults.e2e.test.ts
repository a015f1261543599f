import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readResult } from '../../result/result-file.ts';
import { runChatbench } from '../../testing/run-chatbench.ts';

const out = mkdtempSync(join(tmpdir(), 'chatbench-client-faults-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** How fast the machine is does not matter here, only what happened. */
async function runQuick(name: string) {
  const { code, stderr } = await runChatbench([
    ...['run', name, '--quick', '--target', 'embedded', '--no-report', '--quiet', '--out', out],
  ]);
  expect([0, 4, 5], stderr).toContain(code);
  return readResult(join(out, 'latest'));
}

test('who leaves comes back and misses nothing; the timeline tells of it once', async () => {
  const { samples, timeline } = await runQuick('offline-sync');
  const { ledger, connections } = samples;
  expect(connections).toMatchObject({ opened: 40, left: 8, returned: 8, dropped: 0 });
  expect(ledger).toMatchObject({ planned: 400, sent: 400, once: 1_200, lost: 0, reordered: 0 });
  expect(ledger.recovered).toBeGreaterThan(0);
  expect(ledger.held).toBeGreaterThan(0);
  expect(timeline.filter(({ kind }) => /^fault/.test(kind)).map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
    'fault: disconnect 20 % of clients for 1 s',
    'fault-end: clients come back',
  ]);
});

test('who stops reading gets everything later, and is told apart from the others', async () => {
  const { samples, timeline } = await runQuick('slow-consumers');
  expect(samples.ledger).toMatchObject({ planned: 200, once: 3_800, lost: 0, reordered: 0 });
  expect(samples.connections).toMatchObject({ left: 0, dropped: 0 });
  expect(Object.keys(samples.breakdowns)).toEqual(expect.arrayContaining(['client=others', 'client=stalled']));
  expect(timeline.filter(({ kind }) => kind === 'fault-end')).toMatchObject([{ text: 'clients read on' }]);
});

test('every connection that is opened at a pace is reached', async () => {
  const { samples } = await runQuick('connections');
  expect(samples.connections).toMatchObject({ attempted: 200, opened: 200, reached: 200 });
  // 200 at 500 a second: the last one is due 398 ms after the first; timers may fire a little early.
  expect(samples.connections.openingUs).toBeGreaterThan(390_000);
});
