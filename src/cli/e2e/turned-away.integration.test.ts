import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { summarySchema } from '../../report/json/summary-schema.ts';
import { runChatbench } from '../../testing/run-chatbench.ts';

/** Servers that let nobody in, or nobody stay: theirs is the failing, or else nothing was asked of them. */

let directory: string;
const stops: (() => void)[] = [];
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'chatbench-turned-away-'));
  writeFileSync(join(directory, 'plain.yaml'), "url: '{endpoint}/{room}'\nsend: { text: '{body}' }\n");
});
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it.each([
  ['503 Service Unavailable', 'no upstream', /HTTP status 503, Retry-After 60: no upstream × 10/],
  ['429 Too Many Requests', 'slow down', /HTTP status 429, Retry-After 60: slow down × 10/],
])('a server that answers every upgrade with %s has failed, and says why', async (status, body, told) => {
  const { code, stdout } = await runAgainst(refuse(status, body), '--duration', '60s');
  const summary = summarySchema.parse(JSON.parse(stdout));
  expect([code, summary.verdict]).toEqual([4, 'fail']);
  expect(stdout).toMatch(told);
  // Nothing can come of the rest of the minute.
  expect(summary.messages.sent).toBe(0);
  expect(summary.messages.planned).toBeLessThan(50 * 30);
});

it.each([
  ['404 Not Found', /HTTP status 404/],
  ['401 Unauthorized', /HTTP status 401/],
])('a server that answers every upgrade with %s was asked the wrong way: nothing is measured', async (status, told) => {
  const { code, stdout } = await runAgainst(refuse(status, ''), '--duration', '3s');
  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'target-unavailable' } });
  expect(stdout).toMatch(told);
});

it('a server that closes every connection in the middle of the run has failed, with its code and text', async () => {
  const { code, stdout } = await runAgainst(kickAfter(1_000), '--duration', '3s');
  const summary = summarySchema.parse(JSON.parse(stdout));
  expect([code, summary.verdict]).toEqual([4, 'fail']);
  expect(stdout).toContain('closed with 4008: session over');
});

async function runAgainst(port: Promise<number>, ...flags: readonly string[]) {
  const protocol = join(directory, 'plain.yaml');
  const target = ['--target', `ws://127.0.0.1:${await port}`, '--protocol', protocol];
  const load = ['--clients', '10', '--rate', '50', '--warmup', '0s', '--drain', '1s'];
  return runChatbench(['run', 'burst', ...target, ...load, ...flags, '--json', '--out', join(directory, 'reports')]);
}

function refuse(status: string, body: string): Promise<number> {
  const server = createServer();
  server.on('upgrade', (_: IncomingMessage, socket: Socket) => {
    const head = `HTTP/1.1 ${status}\r\nRetry-After: 60\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
    socket.end(head + body);
  });
  return listen(server);
}

/** Rooms by path, until all are sent away. */
function kickAfter(ms: number): Promise<number> {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  let clients: WebSocket[] = [];
  const room = new Map<WebSocket, string | undefined>();
  sockets.on('connection', (socket, { url }) => {
    clients = [...clients, socket];
    room.set(socket, url);
    socket.on('message', (text) => {
      for (const other of clients) {
        if (other !== socket && room.get(other) === url) other.send(text, { binary: false });
      }
    });
    // When the last of the clients has come, the run is about to begin.
    if (clients.length === 10) {
      setTimeout(() => {
        for (const client of clients) client.close(4008, 'session over');
      }, ms + 500);
    }
  });
  return listen(server);
}

function listen(server: ReturnType<typeof createServer>): Promise<number> {
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
