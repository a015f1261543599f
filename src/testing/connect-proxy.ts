import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** A proxy on loopback that knows CONNECT, and nothing else. */
export interface ConnectProxy {
  /** host:port */
  readonly host: string;
  /** Host and port of each connection that was asked for, in order. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

/**
 * @param refusal status of all answers; null: it lets through whoever bears these credentials
 * @param credentials USER:PASSWORD, or null: it lets through anybody
 * @param leadsTo where connections go that were asked for by a name, host:port
 */
export async function startConnectProxy(
  refusal: number | null = null,
  credentials: string | null = null,
  leadsTo: string | null = null,
): Promise<ConnectProxy> {
  const asked: string[] = [];
  const open = new Set<Socket>();
  const authorization = credentials === null ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`;
  const server = createServer((_request, response) => void response.writeHead(405).end());
  server.on('connection', (socket: Socket) => open.add(socket.on('close', () => open.delete(socket))));
  server.on('connect', (request, socket, head) => {
    socket.on('error', () => {});
    asked.push(request.url!);
    const status = request.headers['proxy-authorization'] === authorization ? refusal : 407;
    if (status !== null) {
      socket.end(
        `HTTP/1.1 ${status} ${status === 407 ? 'Proxy Authentication Required' : 'Bad Gateway'}\r\nContent-Length: 2\r\n\r\nno`,
      );
      return;
    }
    const { hostname, port } = new URL(`http://${/^[\d.]+:/.test(request.url!) ? request.url : leadsTo}`);
    const target = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.write(head);
      target.pipe(socket).pipe(target);
    });
    target.on('error', () => socket.destroy());
    socket.on('close', () => target.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async stop() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
