import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { connect } from 'amqplib';
import { Redis } from 'ioredis';
import { type WebSocket, WebSocketServer } from 'ws';
import type { QueuedWork } from './queued-chat-worker.ts';

export interface QueuedChat {
  /** Where clients connect, and where they POST messages to. */
  readonly url: string;
  readonly queue: string;
  /** Of its first worker. */
  readonly workerPid: number;
  /** A scenario's `protocol:` for it, in JSON, which is YAML. */
  readonly protocol: string;
  /** Messages that its workers were done with, per second, between two times, ms since 1970. */
  workedPerSecond(fromMs: number, toMs: number): number;
  stop(): Promise<void>;
}

export interface QueuedChatOptions extends Pick<QueuedWork, 'brokerUrl' | 'queue' | 'workMs'> {
  readonly postgresUrl?: string;
  readonly stall?: QueuedWork['stall'];
  /** 1 by default. */
  readonly workers?: number;
}

interface ChatBroker {
  publish(message: Buffer): void;
  close(): Promise<void>;
}

/** A chat of the usual shape: a POST is acknowledged as soon as it is queued, a worker takes it, and a WebSocket delivers it. */
export async function startQueuedChat(options: QueuedChatOptions): Promise<QueuedChat> {
  const { brokerUrl, queue, workMs, postgresUrl = null, stall = null, workers = 1 } = options;
  const rooms = new Map<string, Set<WebSocket>>();
  const deliver = (text: string) => {
    const { room } = JSON.parse(text) as { room: string };
    for (const member of rooms.get(room) ?? []) member.send(text);
  };
  const broker = await (brokerUrl.startsWith('redis:') ? openLists : openQueues)(brokerUrl, queue, deliver);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      broker.publish(Buffer.concat(chunks));
      response.writeHead(202).end();
    });
  });
  new WebSocketServer({ server }).on('connection', (socket, request) => {
    const room = request.url?.slice(1) ?? '';
    rooms.set(room, (rooms.get(room) ?? new Set()).add(socket));
    socket.on('close', () => rooms.get(room)?.delete(socket));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const work: QueuedWork = { brokerUrl, queue, workMs, postgresUrl, stall };
  const started = await Promise.all(Array.from({ length: workers }, () => startWorker(work)));
  return {
    url: `ws://${host}`,
    queue,
    workerPid: started[0]!.child.pid!,
    protocol: JSON.stringify({
      url: '{endpoint}/{room}',
      send: {
        http: {
          url: `http://${host}/send`,
          headers: { traceparent: '{traceparent}' },
          body: { room: '{room}', text: '{body}' },
        },
      },
      'sender-receives': true,
    }),
    workedPerSecond: (fromMs, toMs) => started.reduce((sum, { told }) => sum + rateBetween(told, fromMs, toMs), 0),
    async stop() {
      for (const { child } of started) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      server.closeAllConnections();
      server.close();
      await broker.close();
    },
  };
}

async function openQueues(url: string, queue: string, deliver: (text: string) => void): Promise<ChatBroker> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  for (const name of [queue, `${queue}-done`]) await channel.assertQueue(name, { durable: false });
  await channel.consume(`${queue}-done`, (message) => deliver(message?.content.toString() ?? '{}'), { noAck: true });
  return {
    publish: (message) => void channel.sendToQueue(queue, message),
    async close() {
      for (const name of [queue, `${queue}-done`]) await channel.deleteQueue(name);
      await connection.close();
    },
  };
}

async function openLists(url: string, queue: string, deliver: (text: string) => void): Promise<ChatBroker> {
  const [client, subscriber] = [new Redis(url), new Redis(url)];
  await subscriber.subscribe(`${queue}-done`);
  subscriber.on('message', (_, text) => deliver(text));
  return {
    publish: (message) => void client.lpush(queue, message),
    async close() {
      await client.del(queue);
      client.disconnect();
      subscriber.disconnect();
    },
  };
}

/** What a worker has told: when, and how many messages it was done with by then. */
type Told = readonly [atMs: number, done: number];

async function startWorker(
  work: QueuedWork,
): Promise<{ readonly child: ChildProcess; readonly told: readonly Told[] }> {
  const file = fileURLToPath(new URL('queued-chat-worker.ts', import.meta.url));
  const child = spawn(process.execPath, [file, JSON.stringify(work)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const told: Told[] = [];
  const lines = createInterface({ input: child.stdout! });
  await once(lines, 'line');
  lines.on('line', (line) => {
    const [atMs, done] = line.split(' ').map(Number);
    told.push([atMs!, done!]);
  });
  return { child, told };
}

function rateBetween(told: readonly Told[], fromMs: number, toMs: number): number {
  const inside = told.filter(([atMs]) => atMs >= fromMs && atMs <= toMs);
  const [first, last] = [inside[0], inside.at(-1)];
  return first === undefined || last === undefined || first === last
    ? 0
    : ((last[1] - first[1]) * 1000) / (last[0] - first[0]);
}
