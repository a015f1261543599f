import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { monotonicClock } from '../clock.ts';
import { DelayedLink } from './delayed-link.ts';

export interface DelayProxy {
  readonly port: number;
  /** Of each direction, for all connections, from now on, µs. */
  setDelay(delayUs: number): void;
  close(): Promise<void>;
}

/** Listens on loopback and passes every connection on to the address, as slowly as it is told. */
export async function openDelayProxy(address: { readonly host: string; readonly port: number }): Promise<DelayProxy> {
  let delayUs = 0;
  const sockets = new Set<Socket>();
  // Each direction ends by itself: what is still delayed in the other one has to arrive.
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const upstream = connect({ ...address, noDelay: true, allowHalfOpen: true });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      new DelayedLink(from, to, monotonicClock, () => delayUs);
      from.on('error', () => {});
      from.on('close', () => sockets.delete(from));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    setDelay(us) {
      delayUs = us;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
