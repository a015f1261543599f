import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

/** What the gateway knows of one client's socket. */
export interface Connection {
  /** Unique over all gateways and their restarts. */
  readonly key: string;
  readonly user: string;
  readonly webSocket: WebSocket;
  readonly socket: Socket;
  readonly rooms: Set<string>;
  /** Between the first write of a burst and its end. */
  corked: boolean;
}
