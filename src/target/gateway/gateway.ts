import { randomBytes } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import { isName, MAX_FRAME_BYTES } from '../../wire/names.ts';
import type { GatewayPath } from '../ports/gateway-path.ts';
import { openStatsEndpoint } from '../stats-endpoint.ts';
import { BurstWriter } from './burst-writer.ts';
import type { Connection } from './connection.ts';
import { GatewayTraffic } from './gateway-traffic.ts';
import { RoomMembers } from './room-members.ts';

export interface GatewayOptions {
  /** Unique in the cluster. */
  readonly id: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Take stamps of where messages spend their time, see `encodeStamp`. Default true. */
  readonly hops?: boolean | undefined;
}

export interface Gateway {
  /** Where clients connect. */
  readonly endpoint: string;
  /** Where its figures are read. */
  readonly stats: string;
  /** Acknowledges what it has taken, closes all connections, and leaves the cluster. Within about 2 s. */
  stop(): Promise<void>;
}

const DRAIN_MS = 1_000;
const CLOSE_MS = 500;
const GOING_AWAY = 1001;
const WEBSOCKET_OPTIONS = {
  noServer: true,
  maxPayload: MAX_FRAME_BYTES,
  perMessageDeflate: false,
  clientTracking: false,
  // How long a client that does not answer a close keeps its socket and what waits in it, ms.
  closeTimeout: 2_000,
};

/** Starts a gateway on a path that is not open yet; settles when clients can connect. Rejects where its port is taken. */
export async function startGateway(options: GatewayOptions, path: GatewayPath): Promise<Gateway> {
  const members = new RoomMembers(path);
  const writer = new BurstWriter();
  const traffic = new GatewayTraffic({ path, members, writer, hops: options.hops ?? true });
  const connections = new Set<Connection>();
  await path.open((channel, exceptConnection, frame) => traffic.deliver(channel, exceptConnection, frame));

  const endpoint = await openStatsEndpoint(options, () => ({
    connections: connections.size,
    rooms: members.size,
    ...traffic.counters,
    slowConsumersClosed: writer.slowConsumersClosed,
    ...path.gauges(),
  }));
  acceptClients(options.id, endpoint.server, { traffic, members, connections });

  return {
    endpoint: `ws://${options.host}:${endpoint.port}/ws`,
    stats: endpoint.stats,
    async stop() {
      traffic.stopTaking();
      await Promise.race([path.drained(), wait(DRAIN_MS, undefined, { ref: false })]);
      await closeConnections(connections);
      await endpoint.close();
      await path.exit();
    },
  };
}

interface Clientele {
  readonly traffic: GatewayTraffic;
  readonly members: RoomMembers;
  readonly connections: Set<Connection>;
}

function acceptClients(id: string, server: Server, clientele: Clientele): void {
  const webSockets = new WebSocketServer(WEBSOCKET_OPTIONS);
  // A restarted gateway must not take a connection of its predecessor for one of its own.
  const incarnation = `${id}.${randomBytes(4).toString('hex')}`;
  let opened = 0;
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', ignore);
    const user = readUser(request.url ?? '');
    if (user === null) {
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nexpected /ws?user=NAME&device=NAME\r\n');
      return;
    }
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const key = `${incarnation}.${opened++}`;
      serveClient({ key, user, webSocket, socket, rooms: new Set(), corked: false }, clientele);
    });
  });
}

/** The user's name; null where path, user or device is not as expected. */
function readUser(target: string): string | null {
  const [path, query] = target.split('?', 2);
  if (path !== '/ws') return null;
  const parameters = new URLSearchParams(query);
  const user = parameters.get('user');
  return isName(user) && isName(parameters.get('device')) ? user : null;
}

function serveClient(connection: Connection, { traffic, members, connections }: Clientele): void {
  const { webSocket } = connection;
  connections.add(connection);
  webSocket.on('message', (data, isBinary) => {
    if (isBinary) traffic.refuse(connection, null, 'bad-frame', 'expected a text frame');
    else traffic.receive(connection, data.toString());
  });
  // Without a listener the first protocol violation of a client would end the process; `close` follows.
  webSocket.on('error', ignore);
  webSocket.on('close', () => {
    connections.delete(connection);
    members.leaveAll(connection).catch(ignore);
  });
}

async function closeConnections(connections: ReadonlySet<Connection>): Promise<void> {
  const closed = [...connections].map(({ webSocket }) => closedBy(webSocket));
  await Promise.race([Promise.all(closed), wait(CLOSE_MS, undefined, { ref: false })]);
  for (const { webSocket } of connections) webSocket.terminate();
}

function closedBy(webSocket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    webSocket.once('close', () => resolve());
    webSocket.close(GOING_AWAY, 'gateway is shutting down');
  });
}

function ignore(): void {}
