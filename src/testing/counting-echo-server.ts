import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** An echo server that knows when each message came. */
export interface CountingEchoServer {
  readonly url: string;
  readonly port: number;
  /** `performance.now()` of every message, in order. */
  readonly arrivals: readonly number[];
  /** Settles once so many have arrived. */
  sees(count: number): Promise<void>;
  close(): void;
}

export async function startCountingEchoServer(host = '127.0.0.1'): Promise<CountingEchoServer> {
  const server = new WebSocketServer({ host, port: 0 });
  await once(server, 'listening');
  const arrivals: number[] = [];
  const waiting = new Set<() => void>();
  server.on('connection', (socket: WebSocket) =>
    socket.on('message', (data, isBinary) => {
      arrivals.push(performance.now());
      for (const look of waiting) look();
      socket.send(data, { binary: isBinary });
    }),
  );
  const { port } = server.address() as AddressInfo;
  return {
    url: `ws://${host}:${port}`,
    port,
    arrivals,
    sees: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (arrivals.length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    close() {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}
