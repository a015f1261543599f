import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { connect } from 'amqplib';
import { type WebSocket, WebSocketServer } from 'ws';

export interface QueuedChat {
  /** Where clients connect, and where they POST messages to. */
  readonly url: string;
  readonly queue: string;
  readonly workerPid: number;
  /** A scenario's `protocol:` for it, in JSON, which is YAML. */
  readonly protocol: string;
  stop(): Promise<void>;
}

export interface QueuedChatOptions {
  readonly amqpUrl: string;
  readonly queue: string;
  readonly workMs: number;
  /** The database that does the work; absent: the worker's CPU. */
  readonly postgresUrl?: string;
}

/** A chat of the usual shape: a POST is acknowledged as soon as it is queued, one worker takes it, and a WebSocket delivers it. */
export async function startQueuedChat({ amqpUrl, queue, workMs, postgresUrl }: QueuedChatOptions): Promise<QueuedChat> {
  const connection = await connect(amqpUrl);
  const channel = await connection.createChannel();
  for (const name of [queue, `${queue}-done`]) await channel.assertQueue(name, { durable: false });
  const rooms = new Map<string, Set<WebSocket>>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      channel.sendToQueue(queue, Buffer.concat(chunks));
      response.writeHead(202).end();
    });
  });
  new WebSocketServer({ server }).on('connection', (socket, request) => {
    const room = request.url?.slice(1) ?? '';
    rooms.set(room, (rooms.get(room) ?? new Set()).add(socket));
    socket.on('close', () => rooms.get(room)?.delete(socket));
  });
  await channel.consume(
    `${queue}-done`,
    (message) => {
      const text = message?.content.toString() ?? '{}';
      const { room } = JSON.parse(text) as { room: string };
      for (const member of rooms.get(room) ?? []) member.send(text);
    },
    { noAck: true },
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const worker = await startWorker([
    amqpUrl,
    queue,
    String(workMs),
    ...(postgresUrl === undefined ? [] : [postgresUrl]),
  ]);
  return {
    url: `ws://${host}`,
    queue,
    workerPid: worker.pid!,
    protocol: JSON.stringify({
      url: '{endpoint}/{room}',
      send: { http: { url: `http://${host}/send`, body: { room: '{room}', text: '{body}' } } },
      'sender-receives': true,
    }),
    async stop() {
      worker.kill('SIGKILL');
      await once(worker, 'exit');
      server.closeAllConnections();
      server.close();
      for (const name of [queue, `${queue}-done`]) await channel.deleteQueue(name);
      await connection.close();
    },
  };
}

async function startWorker(args: readonly string[]): Promise<ChildProcess> {
  const file = fileURLToPath(new URL('queued-chat-worker.ts', import.meta.url));
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout!, 'data');
  return child;
}
