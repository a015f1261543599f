import type { Socket } from 'node:net';
import WebSocket from 'ws';
import type { Opening, SendTemplate } from '../protocol/chat-protocol.ts';
import type { Connection, ConnectionListener, ConnectOutcome, Connector } from './connection.ts';
import { FramedTemplates } from './framed-templates.ts';
import { takePlainFrames } from './take-plain-frames.ts';

/**
 * Connections over real sockets.
 *
 * @param sourceAddress where all of them come from, one address having some 28,000 ports towards one destination; null: the
 *   system chooses
 */
export function createWsConnector(sourceAddress: string | null): Connector {
  // Asked for a free port of a given address, the kernel searches longer and longer the more are taken: 770 connects a
  // second instead of 2,300 at 24,000 connections. So ports are dealt out here, from a place that differs per process.
  let port = FIRST_PORT + (process.pid % (LAST_PORT - FIRST_PORT));
  return {
    async connect(opening, timeoutUs, listener) {
      if (sourceAddress === null) return openWebSocket(opening, timeoutUs, {}, listener);
      for (let attempt = 1; ; attempt++) {
        port = port === LAST_PORT ? FIRST_PORT : port + 1;
        const outcome = await openWebSocket(
          opening,
          timeoutUs,
          { localAddress: sourceAddress, localPort: port },
          listener,
        );
        const isTaken = outcome.outcome !== 'ok' && /EADDRINUSE|EADDRNOTAVAIL/.test(outcome.detail);
        if (!isTaken || attempt === PORT_ATTEMPTS) return outcome;
      }
    },
  };
}

const FIRST_PORT = 15_000;
const LAST_PORT = 60_000;
const PORT_ATTEMPTS = 20;

const MAX_FRAME_BYTES = 16 * 1024 * 1024;

function openWebSocket(
  opening: Opening,
  timeoutUs: number,
  source: { readonly localAddress?: string; readonly localPort?: number },
  listener: ConnectionListener,
): Promise<ConnectOutcome> {
  return new Promise((resolve) => {
    const socket = new WebSocket(opening.url, [...opening.subprotocols], {
      headers: opening.headers,
      handshakeTimeout: Math.max(1, Math.ceil(timeoutUs / 1000)),
      perMessageDeflate: false,
      maxPayload: MAX_FRAME_BYTES,
      skipUTF8Validation: true,
      followRedirects: false,
      ...source,
    });
    let connection: WsConnection | null = null;
    let failure: Error | null = null;
    socket.on('open', () => {
      connection = new WsConnection(socket);
      takePlainFrames(socket, listener.onFrame);
      resolve({ outcome: 'ok', connection });
    });
    socket.on('message', (data) => listener.onFrame(data as Buffer));
    // Without a listener an error event ends the process; the close event that follows it is the one to act on.
    socket.on('error', (error) => {
      failure = error;
    });
    socket.on('close', (code) => {
      if (connection === null) resolve(explainFailure(failure, code));
      else if (!connection.closedHere) listener.onClose(describe(failure) ?? `closed with ${code}`);
    });
  });
}

class WsConnection implements Connection {
  closedHere = false;
  readonly #socket: WebSocket;
  readonly #stream: Socket;
  #framed: FramedTemplates | null = null;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    this.#stream = (socket as unknown as { _socket: Socket })._socket;
    this.#stream.setNoDelay(true);
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  get bufferedBytes(): number {
    return this.#stream.writableLength;
  }

  sendText(text: string): void {
    this.#socket.send(text);
  }

  sendPing(): void {
    this.#socket.ping();
  }

  sendMessages(
    templates: readonly SendTemplate[],
    room: number,
    sequences: readonly number[],
    payloads: readonly number[],
  ): void {
    this.#framed ??= new FramedTemplates(templates);
    // Past ws's sender, which without compression holds nothing back: whole frames cannot interleave with its own.
    this.#stream.write(this.#framed.encode(room, sequences, payloads));
  }

  close(): void {
    this.closedHere = true;
    if (this.isOpen) this.#socket.close(1000);
    // A peer that never answers the closing handshake would hold the socket for half a minute.
    setTimeout(() => this.#socket.terminate(), 1000).unref();
  }
}

function explainFailure(failure: Error | null, code: number): ConnectOutcome {
  const detail = describe(failure) ?? `closed with ${code}`;
  if (/handshake has timed out|ETIMEDOUT/.test(detail)) return { outcome: 'timeout', detail: 'handshake timed out' };
  if (/ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EAI_AGAIN/.test(detail)) {
    return { outcome: 'refused', detail };
  }
  if (/Unexpected server response|Sec-WebSocket|subprotocol|Upgrade/i.test(detail))
    return { outcome: 'protocol', detail };
  return { outcome: 'closed', detail };
}

function describe(failure: Error | null): string | null {
  if (failure === null) return null;
  const code = (failure as NodeJS.ErrnoException).code;
  return failure.message !== '' ? failure.message : (code ?? failure.name);
}
