import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface TcpGate {
  readonly port: number;
  /** Nobody listens any more, and what passed is broken: the server behind it is gone. */
  shut(): Promise<void>;
  /** From now on nothing passes, and nothing is broken either: the server behind it hangs. */
  hang(): void;
  /** As in the beginning, at the same port. */
  open(): Promise<void>;
  countOpen(): number;
}

/** Forwards to a loopback port, as long as it is open. */
export async function openTcpGate(targetPort: number): Promise<TcpGate> {
  const sockets = new Set<Socket>();
  let isHanging = false;
  let server: Server | null = null;
  let port = 0;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  };
  const forward = (client: Socket) => {
    keep(client);
    const upstream = connect(targetPort, '127.0.0.1');
    keep(upstream);
    for (const [from, to] of [[client, upstream] as const, [upstream, client] as const]) {
      from.on('data', (bytes) => {
        if (!isHanging) to.write(bytes);
      });
      from.on('close', () => to.destroy());
    }
  };
  const listen = async () => {
    server = createServer(forward).listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as { port: number }).port;
  };
  await listen();
  return {
    get port() {
      return port;
    },
    async shut() {
      const closing = server;
      server = null;
      for (const socket of sockets) socket.destroy();
      if (closing !== null) await new Promise((resolve) => closing.close(resolve));
    },
    hang() {
      isHanging = true;
    },
    async open() {
      if (isHanging) for (const socket of sockets) socket.destroy();
      isHanging = false;
      if (server === null) await listen();
    },
    countOpen: () => sockets.size,
  };
}
