import { randomBytes } from 'node:crypto';
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import { monotonicClock } from '../../clock.ts';
import { type CheckToken, createTokenCheck } from '../access/check-token.ts';
import { type Doors, findStranger } from '../access/find-stranger.ts';
import type { BrokerCheck } from '../metrics/broker-check.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { DRAINING, openStatsEndpoint, type StatsAddress } from '../metrics/stats-endpoint.ts';
import { watchDeliveryAge } from '../metrics/watch-delivery-age.ts';
import type { Device } from '../ports/devices.ts';
import type { Deliver, GatewayPath } from '../ports/gateway-path.ts';
import { withPage } from '../web/answer-page.ts';
import { isName, MAX_FRAME_BYTES } from '../wire/names.ts';
import { BurstWriter } from './burst-writer.ts';
import type { Connection } from './connection.ts';
import { drainConnections } from './drain-connections.ts';
import { ADJUSTED_EVERY_MS, FairShare } from './fair-share.ts';
import { FeatureDesk } from './features/feature-desk.ts';
import type { FeaturePorts } from './features/feature-ports.ts';
import { createHttpApi } from './features/http-api.ts';
import { GatewayTraffic } from './gateway-traffic.ts';
import { MeanAge } from './mean-age.ts';
import { Pulse, type PulseSettings } from './pulse.ts';
import { readPlainTexts } from './read-plain-texts.ts';
import { Refusals } from './refusals.ts';
import { RoomMembers } from './room-members.ts';

/** With a key for tokens, every client needs one of its user's, besides those that operators need for figures. */
export interface GatewayOptions extends StatsAddress {
  /** Unique in the cluster. */
  readonly id: string;
  /** Take stamps of where messages spend their time, see `encodeStamp`. Default true. */
  readonly hops?: boolean | undefined;
  /** When clients are pinged, and given up; default `PULSE`. */
  readonly pulse?: PulseSettings | undefined;
  /** What one connection may send, see `FairShare`; default `UNITS_PER_SECOND`. */
  readonly unitsPerSecond?: number | undefined;
  /** Over how long its clients are sent away when it stops, ms, each told when to come back; default 0: all at once. */
  readonly drainMs?: number;
  /** Those that must answer before it counts as ready; default none. */
  readonly brokers?: readonly BrokerCheck[];
}

export interface Gateway {
  /** Where clients connect. */
  readonly endpoint: string;
  /** Where its figures are read. */
  readonly stats: string;
  /**
   * Counts as not ready at once, and takes no further clients; sends those that it has away; acknowledges what it has taken, closes
   * what is left, and leaves the cluster. Within about 2 s more than it may take to send them away.
   */
  stop(): Promise<void>;
}

const HAND_OVER_MS = 1_000;
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

/**
 * Starts a gateway on a path that is not open yet; settles when clients can connect. Rejects where its port is taken.
 *
 * @param featurePorts null: a gateway for joining and sending only
 */
export async function startGateway(
  options: GatewayOptions,
  path: GatewayPath,
  featurePorts: FeaturePorts | null = null,
): Promise<Gateway> {
  const connections = new Set<Connection>();
  const members = new RoomMembers(path, connections);
  const writer = new BurstWriter();
  const refusals = new Refusals(writer);
  const share = new FairShare(monotonicClock, options.unitsPerSecond);
  const pulse = new Pulse(monotonicClock, options.pulse);
  const context =
    featurePorts === null ? null : { gateway: options.id, path, members, writer, refusals, ports: featurePorts };
  const features = context === null ? null : new FeatureDesk(context);
  const traffic = new GatewayTraffic({ path, members, writer, refusals, features, share, hops: options.hops ?? true });
  const readStats = () => ({
    connections: connections.size,
    subscriptions: countSubscriptions(connections),
    rooms: members.size,
    ...traffic.counters,
    ...refusals.counters,
    ...share.counters,
    shareUnits: Math.round(share.unitsPerSecond),
    slowConsumersClosed: writer.slowConsumersClosed,
    deadClosed: pulse.closed,
    ...path.gauges(),
    ...features?.gauges,
  });
  const metrics = createMetrics(readStats);
  const ages = metrics.addHistogram(
    'chat_delivery_seconds',
    'From acceptance to the write to recipients; first of each burst',
  );
  const strain = new MeanAge();
  const watchAge = watchDeliveryAge({
    observe(seconds) {
      ages.observe(seconds);
      strain.add(seconds * 1_000);
    },
  });
  const adjusting = setInterval(() => share.adjust(strain.take()), ADJUSTED_EVERY_MS).unref();
  const deliver: Deliver = (channel, exceptConnection, frame) => {
    watchAge(frame);
    traffic.deliver(channel, exceptConnection, frame);
  };
  await path.open(deliver, () => features?.catchUp());
  await features?.open();

  let stopping = false;
  const checkToken = options.tokenKey ? createTokenCheck(options.tokenKey) : null;
  const endpoint = await openStatsEndpoint(
    options,
    {
      readStats,
      metrics,
      brokers: options.brokers ?? [],
      troubles: () => (stopping ? [DRAINING] : listTroubles(path)),
    },
    context === null ? undefined : withPage(createHttpApi(context, features!.notifications, checkToken)),
  );
  const isTaking = () => !stopping;
  acceptClients(options, endpoint.server, checkToken, isTaking, {
    traffic,
    members,
    connections,
    features,
    pulse,
    share,
  });

  return {
    endpoint: `ws://${options.host}:${endpoint.port}/ws`,
    stats: endpoint.stats,
    async stop() {
      stopping = true;
      const { drainMs = 0 } = options;
      if (drainMs > 0) {
        const flush = () => writer.flush();
        await drainConnections({ connections, overMs: drainMs, clock: monotonicClock, random: Math.random, flush });
      }
      traffic.stopTaking();
      pulse.stop();
      clearInterval(adjusting);
      features?.stop();
      await Promise.race([path.drained(), wait(HAND_OVER_MS, undefined, { ref: false })]);
      writer.flush();
      // Rooms go with the gateway, all at once.
      members.forgetPath();
      await closeConnections(connections);
      await endpoint.close();
      await path.exit();
    },
  };
}

/** A gateway that messages do not find serves its clients nothing, whatever else works. */
function listTroubles(path: GatewayPath): readonly string[] {
  return path.gauges().registered === 0 ? ['not registered'] : [];
}

function countSubscriptions(connections: ReadonlySet<Connection>): number {
  let count = 0;
  for (const { rooms } of connections) count += rooms.size;
  return count;
}

interface Clientele {
  readonly share: FairShare;
  readonly traffic: GatewayTraffic;
  readonly members: RoomMembers;
  readonly connections: Set<Connection>;
  readonly features: FeatureDesk | null;
  readonly pulse: Pulse;
}

function acceptClients(
  doors: Doors & Pick<GatewayOptions, 'id'>,
  server: Server,
  checkToken: CheckToken | null,
  isTaking: () => boolean,
  clientele: Clientele,
): void {
  const webSockets = new WebSocketServer(WEBSOCKET_OPTIONS);
  // A restarted gateway must not take a connection of its predecessor for one of its own.
  const incarnation = `${doors.id}.${randomBytes(4).toString('hex')}`;
  let opened = 0;
  const accept = (request: IncomingMessage, socket: Socket, head: Buffer, { user, device, session }: Visitor): void => {
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const key = `${incarnation}.${opened++}`;
      const connection = {
        key,
        user,
        device,
        openedAtMs: Date.now(),
        webSocket,
        socket,
        rooms: new Set<string>(),
        burst: '',
        isTouched: false,
        waiting: 0,
        underWay: 0,
        holds: 0,
        share: clientele.share.open(),
        features: null,
      };
      serveClient(connection, session, clientele);
    });
  };
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', ignore);
    const stranger = findStranger(request.headers, doors);
    const visitor = readVisitor(request.url ?? '');
    if (!isTaking()) refuseUpgrade(socket, 503, 'gateway is shutting down');
    else if (stranger !== null) refuseUpgrade(socket, stranger.status, stranger.text);
    else if (visitor === null) refuseUpgrade(socket, 400, 'expected /ws?user=NAME&device=NAME');
    else if (checkToken === null) accept(request, socket, head, visitor);
    else {
      void checkToken(request).then((bearer) => {
        if (bearer?.user === visitor.user) accept(request, socket, head, visitor);
        else refuseUpgrade(socket, 401, 'expected a token of this user');
      });
    }
  });
}

function refuseUpgrade(socket: Socket, status: number, text: string): void {
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain\r\n` +
      `Content-Length: ${text.length}\r\n\r\n${text}`,
  );
}

interface Visitor extends Device {
  /** The session to resume; empty: a new one; null: none. */
  readonly session: string | null;
}

/** Null where path, user or device is not as expected. */
function readVisitor(target: string): Visitor | null {
  const [path, query] = target.split('?', 2);
  if (path !== '/ws') return null;
  const parameters = new URLSearchParams(query);
  const [user, device, session] = ['user', 'device', 'session'].map((key) => parameters.get(key));
  return isName(user) && isName(device) ? { user, device, session: session ?? null } : null;
}

function serveClient(connection: Connection, session: string | null, clientele: Clientele): void {
  const { traffic, members, connections, features, pulse } = clientele;
  const { webSocket, socket } = connection;
  connections.add(connection);
  const forget = pulse.add(connection);
  readPlainTexts(webSocket, socket, (text) => traffic.receive(connection, text));
  webSocket.on('message', (data, isBinary) => {
    if (isBinary) traffic.refuse(connection, null, 'bad-frame', 'expected a text frame');
    else traffic.receive(connection, data.toString());
  });
  // Without a listener the first protocol violation of a client would end the process; `close` follows.
  webSocket.on('error', ignore);
  webSocket.on('close', () => {
    connections.delete(connection);
    forget();
    (features?.farewell(connection) ?? members.leaveAll(connection)).catch(ignore);
  });
  void features?.welcome(connection, session);
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
