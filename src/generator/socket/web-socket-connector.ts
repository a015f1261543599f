import { connect as connectTcp, type LookupFunction, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Opening } from '../../protocol/chat-protocol.ts';
import type { ConnectionListener, ConnectOutcome, Connector } from '../connection.ts';
import type { HostGuard, SecureOptions } from '../hosts/host-guard.ts';
import { openTunnel, serverNameOf } from '../hosts/open-tunnel.ts';
import type { ProxyRoute } from '../hosts/proxy-route.ts';
import { LARGEST_READ_BYTES } from '../largest-read.ts';
import { DeadlineWheel } from './deadline-wheel.ts';
import { explainFailure } from './describe-end.ts';
import { type Address, drawKey, encodeUpgrade, readAddress } from './handshake.ts';
import { WebSocketConnection, type WebSocketSettings } from './web-socket-connection.ts';

export interface ConnectorOptions {
  /** Largest message that is read; `LARGEST_READ_BYTES` unless given. A larger one closes its connection. */
  readonly maxPayloadBytes?: number;
}

/**
 * WebSocket connections over real sockets. Redirects are not followed, compression is offered where the opening says so.
 *
 * @param sourceAddress where all of them come from, one address having some 28,000 ports towards one destination; null: the
 *   system chooses
 */
export function createWebSocketConnector(
  sourceAddress: string | null,
  hosts: HostGuard,
  options: ConnectorOptions = {},
): Connector {
  const { maxPayloadBytes = LARGEST_READ_BYTES } = options;
  const settings = { deadlines: new DeadlineWheel(), maxPayloadBytes };
  const open = (opening: Opening, timeoutUs: number, listener: ConnectionListener, own: OwnEnd) => {
    const address = readAddress(opening.url);
    const route = hosts.route(address.host, address.port, address.isSecure);
    const refusal = hosts.refuse(address.host, route !== null);
    if (refusal !== null)
      return Promise.resolve({ outcome: 'refused' as const, detail: refusal, isOwn: true as const });
    const secure = address.isSecure ? hosts.secure() : {};
    const source = { ...own, ...secure, lookup: hosts.lookup };
    return openWebSocket(address, source, route, settings, opening, timeoutUs, listener);
  };
  if (sourceAddress === null) {
    return { connect: (opening, timeoutUs, listener) => open(opening, timeoutUs, listener, {}) };
  }
  // Asked for a free port of a given address, the kernel searches longer and longer the more are taken: 770 connects a
  // second instead of 2,300 at 24,000 connections. So ports are dealt out here, from a place that differs per process.
  let port = FIRST_PORT + (process.pid % (LAST_PORT - FIRST_PORT));
  return {
    async connect(opening, timeoutUs, listener) {
      for (let attempt = 1; ; attempt++) {
        port = port === LAST_PORT ? FIRST_PORT : port + 1;
        const outcome = await open(opening, timeoutUs, listener, { localAddress: sourceAddress, localPort: port });
        const isTaken = outcome.outcome !== 'ok' && /EADDRINUSE|EADDRNOTAVAIL/.test(outcome.detail);
        if (!isTaken || attempt === PORT_ATTEMPTS) return outcome;
      }
    },
  };
}

const FIRST_PORT = 15_000;
const LAST_PORT = 60_000;
const PORT_ATTEMPTS = 20;

/** Where a connection comes from; empty: the system chooses. */
interface OwnEnd {
  readonly localAddress?: string;
  readonly localPort?: number;
}

interface Source extends OwnEnd, Partial<SecureOptions> {
  readonly lookup: LookupFunction;
}

function openWebSocket(
  address: Address,
  source: Source,
  route: ProxyRoute | null,
  settings: WebSocketSettings,
  opening: Opening,
  timeoutUs: number,
  listener: ConnectionListener,
): Promise<ConnectOutcome> {
  const key = drawKey();
  const request = encodeUpgrade(address, opening, key);
  if (request === null) {
    return Promise.resolve({
      outcome: 'protocol',
      detail: 'a header or path with a line break, or a header of the handshake itself, was not sent',
    });
  }
  const deadlineMs = performance.now() + timeoutUs / 1000;
  return new Promise((settle) => {
    const speakOver = (stream: OwnedSocket) => {
      const handshake = { opening, key, request, head: null, refused: null, settle };
      const restMs = Math.max(1, deadlineMs - performance.now());
      stream[OWNER] = new WebSocketConnection(stream, settings, listener, handshake, restMs);
      stream.on('error', onError);
      stream.on('close', onClosed);
      return stream;
    };
    if (route === null) {
      speakOver(openStream(address, source)).on(address.isSecure ? 'secureConnect' : 'connect', onConnected);
      return;
    }
    openTunnel(route, address.host, address.port, timeoutUs / 1000, source.localAddress).then(
      (tunnel) => {
        if (!address.isSecure) onConnected.call(speakOver(tunnel).on('data', onData));
        else
          speakOver(openTls(tunnel, address, source))
            .on('data', onData)
            .on('secureConnect', onConnected);
      },
      (error: Error) => settle(explainFailure(error)),
    );
  });
}

function openTls(socket: Socket, { host }: Address, { secureContext, rejectUnauthorized }: Source): OwnedSocket {
  return connectTls({ socket, secureContext, rejectUnauthorized, ...serverNameOf(host) });
}

/** One function for all sockets, each of which knows its connection: a closure for each would be most of its memory. */
const OWNER = Symbol('connection');
type OwnedSocket = Socket & { [OWNER]?: WebSocketConnection };

function openStream({ isSecure, host, port }: Address, source: Source): OwnedSocket {
  const target = { host, port, noDelay: true, onread: READ, ...source };
  return isSecure ? connectTls({ ...target, ...serverNameOf(host) }) : connectTcp(target);
}

/** All sockets read into one buffer: what it holds is taken before the next read. */
const READ: OnReadOpts = {
  buffer: Buffer.allocUnsafeSlow(64 * 1024),
  callback(this: OwnedSocket, bytes: number, buffer: Uint8Array) {
    this[OWNER]?.take((buffer as Buffer).subarray(0, bytes));
    return true;
  },
};

/** What has come through a tunnel, which is not read into the common buffer. */
function onData(this: OwnedSocket, chunk: Buffer): void {
  this[OWNER]?.take(chunk);
}

function onConnected(this: OwnedSocket): void {
  this[OWNER]?.connected();
}

function onError(this: OwnedSocket, error: Error): void {
  this[OWNER]?.fail(error);
}

function onClosed(this: OwnedSocket): void {
  this[OWNER]?.end();
}
