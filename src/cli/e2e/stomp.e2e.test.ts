import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runChatbench } from '../../testing/run-chatbench.ts';
import { type Services, startServices } from '../../testing/services.ts';

const DESCRIPTION = `use: stomp
login: guest
passcode: guest
destination: /topic/{room}
subscribe: /topic/{room}
receipts: true
heartbeat: 10s
sender-receives: true
`;

let services: Services;
let directory: string;
let server: readonly string[];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'chatbench-stomp-'));
  services = await startServices({ stomp: true });
  writeFileSync(join(directory, 'stomp.yaml'), DESCRIPTION);
  const { host, pathname } = new URL(services.stompUrl!);
  server = [`ws://${host}${pathname}`, '--protocol', 'stomp.yaml'];
});

afterAll(async () => {
  await services?.stop();
  rmSync(directory, { recursive: true, force: true });
});

it("RabbitMQ's own STOMP over WebSocket is probed with the preset alone, without showing the password", async () => {
  const { code, stdout } = await runChatbench(['probe', ...server], directory);
  expect(stdout).toMatch(/works: both users joined, the message reached the recipient after .* and was acknowledged/);
  expect(stdout).toContain('passcode:***');
  expect(code).toBe(0);
});

it("RabbitMQ's own STOMP over WebSocket delivers every message once and acknowledges it", async () => {
  const load = ['--rate', '100', '--duration', '3s', '--warmup', '1s'];
  const { stdout } = await runChatbench(
    ['run', 'burst', '--target', ...server, ...load, '--out', 'reports', '--no-report', '--json'],
    directory,
  );
  const { messages, deliveries, latencyMs, connections } = JSON.parse(stdout);
  expect(messages).toMatchObject({ planned: 300, sent: 300, skipped: 0 });
  expect(deliveries).toMatchObject({ expected: 600, once: 600, lost: 0, duplicated: 0, reordered: 0, misrouted: 0 });
  expect(latencyMs.delivery.count).toBe(600);
  expect(latencyMs.ack.count).toBe(300);
  expect(connections).toMatchObject({ attempted: 50, opened: 50, dropped: 0 });
});
