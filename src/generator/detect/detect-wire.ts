import type { Connector } from '../connection.ts';
import { openingOf, type WireSign } from './wire-sign.ts';
import { listWireSigns } from './wire-signs.ts';

/** What a server was found to speak. */
export interface DetectedWire {
  /** Of `use: NAME`; `plain`: a WebSocket that says nothing by which it could be known. */
  readonly preset: string;
  /** Where, behind the origin of the address; null: where such servers usually listen. */
  readonly path: string | null;
}

export interface DetectEnvironment {
  readonly sockets: Connector;
  readonly brokers: Connector;
  readonly streams: Connector;
  /** For each attempt to open something; all are made at once. */
  readonly timeoutUs: number;
  /** For what a server says once it is open, a broker's CONNACK too: of one that is silent, it is waited for to the end. */
  readonly listenUs: number;
}

/** @returns what the server at an address speaks; null where it opens no WebSocket, and nothing else that is known */
export async function detectWire(address: string, environment: DetectEnvironment): Promise<DetectedWire | null> {
  const url = new URL(address);
  if (/^mqtts?:$/.test(url.protocol))
    return (await isBroker(address, environment)) ? { preset: 'mqtt', path: null } : null;
  const secure = /^(?:wss|https):$/.test(url.protocol);
  const origin = `${secure ? 'wss' : 'ws'}://${url.host}`;
  const own = url.pathname === '/' ? null : url.pathname;
  const attempts = listWireSigns(`${secure ? 'https' : 'http'}://${url.host}`).flatMap((sign) =>
    listPaths(sign, own).map((path) => ({ sign, path })),
  );
  const found = await Promise.all([
    ...attempts.map(({ sign, path }) =>
      speaks(sign, origin, path, environment).then((is) =>
        is ? { preset: sign.preset, path: path === sign.path ? null : path } : null,
      ),
    ),
    ...[own ?? '/', '/mqtt'].map((path) =>
      isBroker(origin + path, environment).then((is) =>
        is ? { preset: 'mqtt', path: path === '/' ? null : path } : null,
      ),
    ),
    opens(`${origin}/ws/chat/r0/`, origin, environment).then((is) =>
      is && own === null ? { preset: 'django-channels', path: null } : null,
    ),
    isEventStream(`${secure ? 'https' : 'http'}://${url.host}${own ?? '/'}`, environment).then((is) =>
      is ? { preset: 'sse', path: own } : null,
    ),
    opens(origin + (own ?? '/') + url.search, origin, environment).then((is) =>
      is ? { preset: 'plain', path: own === null ? null : own + url.search } : null,
    ),
  ]);
  const isPlain = found.at(-1) !== null;
  // One that opens whatever it is asked for is none of Django.
  return found.find((one) => one !== null && !(isPlain && one.preset === 'django-channels')) ?? null;
}

/** The path that was given, and where such servers usually listen; without any, whatever can do without a path is tried there, too. */
function listPaths(sign: WireSign, own: string | null): readonly string[] {
  const paths = own === null ? [sign.path, ...(sign.addressAt('/') === '/' ? ['/'] : [])] : [own, sign.path];
  return [...new Set(paths)];
}

/** Whether one of the frames that come in time is as the sign says. */
function speaks(
  sign: WireSign,
  origin: string,
  path: string,
  { sockets, timeoutUs, listenUs }: DetectEnvironment,
): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let timer: NodeJS.Timeout | undefined;
  const opened = sockets.connect(openingOf(sign, origin, path), timeoutUs, {
    onFrame: (frame) => sign.recognises(frame) && resolve(true),
    onClose: () => resolve(false),
  });
  const greeting = sign.greet(new URL(origin).hostname);
  void opened.then((outcome) => {
    if (outcome.outcome !== 'ok') return resolve(false);
    timer = setTimeout(() => resolve(false), listenUs / 1000);
    if (greeting !== null) outcome.connection.sendText(greeting);
  });
  return promise.finally(async () => {
    clearTimeout(timer);
    const outcome = await opened;
    if (outcome.outcome === 'ok') outcome.connection.close();
  });
}

/** A broker that does not let anybody in is one, too. */
async function isBroker(url: string, { brokers, listenUs }: DetectEnvironment): Promise<boolean> {
  const session = {
    version: 4,
    qos: 0,
    username: null,
    password: null,
    keepAliveUs: 60_000_000,
    isEchoed: true,
  } as const;
  const topic = 'chatbench';
  const mqtt = { ...session, clientId: `chatbench-${process.pid}`, topicOf: () => topic, subscriptions: [topic] };
  const opening = { url, subprotocols: ['mqtt'], headers: {}, frames: [], readyFrames: 0, mqtt };
  const outcome = await brokers.connect(opening, listenUs, SILENT);
  if (outcome.outcome === 'ok') outcome.connection.close();
  return outcome.outcome === 'ok' || outcome.detail.startsWith('CONNACK ');
}

async function opens(url: string, origin: string, { sockets, timeoutUs }: DetectEnvironment): Promise<boolean> {
  const headers = { Origin: origin.replace(/^ws/, 'http') };
  const outcome = await sockets.connect(
    { url, subprotocols: [], headers, frames: [], readyFrames: 0 },
    timeoutUs,
    SILENT,
  );
  if (outcome.outcome === 'ok') outcome.connection.close();
  return outcome.outcome === 'ok';
}

async function isEventStream(url: string, { streams, timeoutUs }: DetectEnvironment): Promise<boolean> {
  const opening = { url, subprotocols: [], headers: {}, frames: [], readyFrames: 0 };
  const outcome = await streams.connect(opening, timeoutUs, SILENT);
  if (outcome.outcome === 'ok') outcome.connection.close();
  return outcome.outcome === 'ok';
}

const SILENT = { onFrame() {}, onClose() {} };
