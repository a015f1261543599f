import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { measurePreset } from '../../testing/measure-preset.ts';
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
  const { host, pathname } = new URL(services.stompUrl!);
  const { messages, deliveries, latencyMs, connections } = await measurePreset('stomp', `ws://${host}${pathname}`);
  expect(messages.acked).toBe(1500);
  expect(latencyMs.delivery.count).toBe(deliveries.expected);
  expect(latencyMs.ack.count).toBe(1500);
  expect(connections).toMatchObject({ attempted: 20, opened: 20, dropped: 0 });
});
