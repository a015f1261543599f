import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Device } from '../ports/devices.ts';

/** What the gateway knows of one client's socket. */
export interface Connection extends Device {
  /** Unique over all gateways and their restarts. */
  readonly key: string;
  /** ms since 1970. */
  readonly openedAtMs: number;
  readonly webSocket: WebSocket;
  readonly socket: Socket;
  /** Rooms and channels. */
  readonly rooms: Set<string>;
  /** Frames that go out at the end of the current burst, each byte a character. */
  burst: string;
  /** Between the first write of a burst and its end. */
  isTouched: boolean;
  /** Frames that wait for somebody else's answer. */
  waiting: number;
  /** Messages that were taken and are not accepted yet. */
  underWay: number;
  /** Reasons for which it is read no further now. */
  holds: number;
  readonly share: ShareAccount;
  /** Null as long as the client only joins and sends. */
  features: ConnectionFeatures | null;
}

/** What a connection may still send, see `FairShare`. */
export interface ShareAccount {
  /** Units left; less than 0: in debt. Not up to date before it is below 0. */
  credit: number;
  /** As of then, µs. */
  atUs: number;
  /** It is read no further until it has saved something. */
  isHeld: boolean;
  /** Frames refused. */
  refused: number;
  /** Units taken since the look with this number. */
  taken: number;
  look: number;
}

/** What a connection needs that uses more than that. */
export interface ConnectionFeatures {
  /** Rooms that were joined with notices. */
  readonly noticed: Set<string>;
  /** Rooms that are delivered without gap and repetition. */
  readonly followers: Map<string, Follower>;
  /** Cursors that are on their way to where they are kept. */
  movedCursors: Map<string, number> | null;
  session: string | null;
  /** Settles when it is known; null where the client asked for no session. */
  sessionStarted: Promise<unknown> | null;
  /** When it last let others know that the user types, ms on the monotonic clock. */
  typedAtMs: number;
}

/** Delivers one room to one connection without gap and repetition. */
export interface Follower {
  readonly room: string;
  /** Everything up to this number has been delivered. */
  readonly after: number;
  /** A live message, in whatever order; null: the connection's own. True where a frame was written now. */
  offer(seq: number, frame: Buffer | null): boolean;
  /** Settles when whatever the history has more than was delivered has been delivered. */
  fillUp(): Promise<void>;
  stop(): void;
}

/** Most rooms and channels of one connection. */
export const ROOMS_PER_CONNECTION = 1_000;

const OPEN = 1;

export function isOpen({ webSocket }: { readonly webSocket: Pick<WebSocket, 'readyState'> }): boolean {
  return webSocket.readyState === OPEN;
}

/** The connection's own; made when it is first asked for. */
export function featuresOf(connection: Connection): ConnectionFeatures {
  connection.features ??= {
    noticed: new Set(),
    followers: new Map(),
    movedCursors: null,
    session: null,
    sessionStarted: null,
    typedAtMs: Number.NEGATIVE_INFINITY,
  };
  return connection.features;
}
