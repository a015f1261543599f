import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findFreePort } from '../../launch/machine/free-port.ts';
import { type Summary, summarySchema } from '../../report/json/summary-schema.ts';
import { readResult } from '../../result/result-file.ts';
import { type Plant, type RoomServer, startRoomServer } from '../../testing/room-server.ts';
import { type Chatbench, startChatbench } from '../../testing/run-chatbench.ts';

const HALL = 3_000;
const STRANGERS = 20;
const PLANTED = 10;

/** One message of each of the hall's first senders does not reach somebody, reaches somebody twice, and reaches a stranger. */
const PLANTS = Array.from({ length: PLANTED }, (_, sender): readonly Plant[] => [
  { what: 'lose', room: 0, sender, recipient: (sender * 971 + 1_017) % HALL },
  { what: 'repeat', room: 0, sender, recipient: (sender * 577 + 2_005) % HALL },
  { what: 'leak', room: 0, sender, recipient: HALL + sender },
]).flat();

/** The hall and the strangers take turns: the hall has 12 messages, of 12 senders. */
const SCENARIO = `
name: hall
question: How long does the last of a hall wait?
protocol: { url: '{endpoint}/{room}/{user}', send: '{body}' }
clients: ${HALL + STRANGERS}
rooms: { sizes: [{ size: ${HALL}, count: 1 }, { size: ${STRANGERS}, count: 1 }], choice: in-turn }
senders: 1%
rate: 6/s
duration: 4s
warmup: 0s
drain: 2s
timeouts: { delivery: 30s, connect: 60s }
lateness-budget: 30s
thresholds: [lost == ${PLANTED}]
`;

let out: string;
let scenario: string;
let server: RoomServer;
let started: Chatbench[] = [];

beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), 'chatbench-hall-'));
  scenario = join(out, 'hall.yaml');
  writeFileSync(scenario, SCENARIO);
  server = await startRoomServer(2, PLANTS);
});
afterAll(() => {
  server.stop();
  rmSync(out, { recursive: true, force: true });
});
afterEach(async () => {
  for (const { child } of started) child.kill('SIGKILL');
  await Promise.all(started.map(({ ended }) => ended));
  started = [];
});

function start(args: readonly string[], within: readonly string[] = []): Chatbench {
  const one = startChatbench(args, out, undefined, within);
  started.push(one);
  return one;
}

function startRun(flags: readonly string[], within: readonly string[] = []): Chatbench {
  return start(['run', scenario, '--target', server.url, '--json', '--no-report', '--out', out, ...flags], within);
}

/** Yields how far the clocks may have been apart; undefined: there was one. */
async function expectPlanted(run: Chatbench): Promise<number | undefined> {
  const code = await run.ended;
  expect(`${code} ${run.stderr()}`).toMatch(/^0 /);
  const summary: Summary = summarySchema.parse(JSON.parse(run.stdout()));
  const expected = 12 * (HALL - 1) + 12 * (STRANGERS - 1);
  expect(summary.messages).toMatchObject({ planned: 24, sent: 24, skipped: 0 });
  expect(summary.deliveries).toMatchObject({
    expected,
    once: expected - PLANTED,
    lost: PLANTED,
    duplicated: PLANTED,
    misrouted: PLANTED,
    reordered: 0,
  });
  const { fanoutFirst, fanoutMedian, fanoutLast, delivery } = summary.latencyMs;
  expect([fanoutFirst.count, fanoutMedian.count, fanoutLast.count]).toEqual([24, 24, 24 - PLANTED]);
  expect(delivery.count).toBe(expected - PLANTED);
  const { shards, samples, clockErrorUs } = await readResult(resolve(out, summary.resultFile!, '..'));
  expect(shards).toEqual({ planned: 3, reported: 3 });
  expect(samples.connections).toMatchObject({ opened: HALL + STRANGERS, reached: HALL + STRANGERS });
  return clockErrorUs;
}

describe('a hall of which no process has all members', () => {
  // So few open files that a process holds a third of it.
  it.skipIf(process.platform !== 'linux')('is measured whole over processes of this machine', async () => {
    expect(await expectPlanted(startRun([], ['prlimit', '--nofile=1100']))).toBeUndefined();
  });

  it('is measured whole over three agents', async () => {
    const port = await findFreePort();
    for (let agent = 0; agent < 3; agent++) {
      start(['agent', '--join', `nats://127.0.0.1:${port}`, '--allow-target', '127.0.0.1']);
    }
    const clockErrorUs = await expectPlanted(startRun(['--agents', '3', '--listen', `127.0.0.1:${port}`]));
    expect(clockErrorUs).toBeGreaterThan(0);
    expect(clockErrorUs).toBeLessThan(1_000_000);
  });
});
