import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findFreePort } from '../../launch/machine/free-port.ts';
import { plantHall } from '../../testing/planted-hall.ts';
import { type RoomServer, startRoomServer } from '../../testing/room-server.ts';
import { type Chatbench, startChatbench } from '../../testing/run-chatbench.ts';

const HALL = plantHall(3_000);

let out: string;
let scenario: string;
let server: RoomServer;
let started: Chatbench[] = [];

beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), 'chatbench-hall-'));
  scenario = join(out, 'hall.yaml');
  writeFileSync(scenario, HALL.scenario);
  server = await startRoomServer(2, HALL.plants);
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

describe('a hall of which no process has all members', () => {
  // So few open files that a process holds a third of it.
  it.skipIf(process.platform !== 'linux')('is measured whole over processes of this machine', async () => {
    const { shards, clockErrorUs } = await HALL.expectPlanted(startRun([], ['prlimit', '--nofile=1100']), out);
    expect(shards).toEqual({ planned: 3, reported: 3 });
    expect(clockErrorUs).toBeUndefined();
  });

  it('is measured whole over three agents', async () => {
    const port = await findFreePort();
    for (let agent = 0; agent < 3; agent++) {
      start(['agent', '--join', `nats://127.0.0.1:${port}`, '--allow-target', '127.0.0.1']);
    }
    const run = startRun(['--agents', '3', '--listen', `127.0.0.1:${port}`]);
    const { shards, clockErrorUs } = await HALL.expectPlanted(run, out);
    expect(shards).toEqual({ planned: 3, reported: 3 });
    expect(clockErrorUs).toBeGreaterThan(0);
    expect(clockErrorUs).toBeLessThan(1_000_000);
  });
});
