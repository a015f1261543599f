import { connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** Breaks all connections that pass through it; new ones are accepted. Yields how many there were. */
  breakAll(): number;
  close(): Promise<void>;
}

/** Forwards to a loopback port, from another or a network's, until it is told to break what it forwards. */
export async function openTcpProxy(targetPort: number, host = '127.0.0.1'): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((client) => {
    const upstream = connect(targetPort, '127.0.0.1');
    const pair = [client, upstream] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [upstream, client] as const]) {
      from.pipe(to);
      from.on('error', () => {});
      from.on('close', () => {
        to.destroy();
        pairs.delete(pair);
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const breakAll = (): number => {
    const broken = [...pairs];
    for (const [client, upstream] of broken) {
      client.destroy();
      upstream.destroy();
    }
    return broken.length;
  };
  return {
    port: (server.address() as { port: number }).port,
    breakAll,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        breakAll();
      }),
  };
}
