import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { BROKER_RETRIES, retryDelayMs } from '../../broker-patience.ts';
import { Backlog } from '../../ports/backlog.ts';
import { encodeStompFrame, type StompFrame, StompReader } from './stomp-frames.ts';

export interface StompLinkOptions {
  /** ws://USER:PASSWORD@HOST:PORT/ws */
  readonly url: string;
  /** At start, and after each interruption. */
  readonly onLinked: (session: StompSession) => void;
  readonly onBroken: () => void;
  readonly onMessage?: (frame: StompFrame) => void;
  /** The broker could not be reached again for about a minute. */
  readonly onLost: (reason: Error) => void;
  /** How often it is tried to reach the broker again; for tests. */
  readonly retries?: number;
}

export interface StompSession {
  /** Frames that the socket has not taken yet: a broker that holds publishers back, or stands still, reads nothing. */
  readonly unwritten: Pick<Backlog, 'hasRoom'>;
  /** @param receipt called when the broker has dealt with the frame; never where the link breaks first */
  send(command: string, headers: Readonly<Record<string, string>>, body: Buffer | string, receipt?: () => void): void;
}

export interface StompLink {
  close(): Promise<void>;
}

const CONNECT_LIMIT_MS = 5_000;
const CLOSE_LIMIT_MS = 1_000;

/** A STOMP session over WebSocket, made anew whenever it breaks. Rejects where the first attempt fails. */
export async function openStompLink(options: StompLinkOptions): Promise<StompLink> {
  let closing = false;
  let socket: WebSocket | null = null;

  async function link(): Promise<void> {
    const { session, webSocket } = await openSession(options);
    if (closing) {
      webSocket.terminate();
      return;
    }
    socket = webSocket;
    webSocket.once('close', () => {
      if (closing) return;
      options.onBroken();
      void relink();
    });
    options.onLinked(session);
  }

  async function relink(): Promise<void> {
    let last: unknown;
    for (let attempt = 1; attempt <= (options.retries ?? BROKER_RETRIES) && !closing; attempt++) {
      await wait(retryDelayMs(attempt), undefined, { ref: false });
      if (closing) return;
      try {
        return await link();
      } catch (error) {
        last = error;
      }
    }
    if (!closing) options.onLost(last instanceof Error ? last : new Error('STOMP: connection lost'));
  }

  await link();
  return {
    async close() {
      closing = true;
      const ending = socket;
      if (ending === null || ending.readyState === WebSocket.CLOSED) return;
      const closed = new Promise((resolve) => ending.once('close', resolve));
      ending.close();
      await Promise.race([closed, wait(CLOSE_LIMIT_MS, undefined, { ref: false })]);
      ending.terminate();
    },
  };
}

/** Settles when the broker has let this client in. */
async function openSession(options: StompLinkOptions): Promise<{ session: StompSession; webSocket: WebSocket }> {
  const { address, login, passcode } = readUrl(options.url);
  const webSocket = new WebSocket(address, ['v12.stomp'], {
    perMessageDeflate: false,
    handshakeTimeout: CONNECT_LIMIT_MS,
  });
  const reader = new StompReader();
  const receipts = new Map<string, () => void>();
  const unwritten = new Backlog();
  const write = createBurst(webSocket, unwritten);
  let nextReceipt = 0;

  const session: StompSession = {
    unwritten,
    send(command, headers, body, receipt) {
      if (receipt === undefined) {
        write(encodeStompFrame(command, headers, body));
        return;
      }
      const id = String(nextReceipt++);
      receipts.set(id, receipt);
      write(encodeStompFrame(command, { ...headers, receipt: id }, body));
    },
  };
  await new Promise<void>((resolve, reject) => {
    const limit = setTimeout(() => giveUp(new Error('STOMP: no answer to CONNECT')), CONNECT_LIMIT_MS);
    const giveUp = (reason: Error): void => {
      clearTimeout(limit);
      reject(reason);
      webSocket.terminate();
    };
    webSocket.on('error', giveUp);
    webSocket.once('close', () => giveUp(new Error('STOMP: connection closed')));
    webSocket.once('open', () => {
      const headers = { 'accept-version': '1.2', host: '/', login, passcode, 'heart-beat': '0,0' };
      webSocket.send(encodeStompFrame('CONNECT', headers));
    });
    webSocket.on('message', (data: Buffer) => {
      try {
        for (const frame of reader.read(data)) {
          if (frame.command === 'MESSAGE') options.onMessage?.(frame);
          else if (frame.command === 'RECEIPT') settle(receipts, frame.headers['receipt-id']);
          else if (frame.command === 'CONNECTED') {
            clearTimeout(limit);
            resolve();
          } else if (frame.command === 'ERROR') giveUp(new Error(`STOMP: ${frame.headers.message ?? 'error'}`));
        }
      } catch (error) {
        giveUp(error as Error);
      }
    });
  });
  return { session, webSocket };
}

function settle(receipts: Map<string, () => void>, id: string | undefined): void {
  const receipt = id === undefined ? undefined : receipts.get(id);
  if (receipt === undefined) return;
  receipts.delete(id!);
  receipt();
}

/** All frames of one turn of the event loop in one WebSocket message: the broker reads them as one stream. */
function createBurst(webSocket: WebSocket, unwritten: Backlog): (frame: Buffer) => void {
  let frames: Buffer[] = [];
  const flush = (): void => {
    const count = frames.length;
    const burst = Buffer.concat(frames);
    frames = [];
    if (webSocket.readyState !== WebSocket.OPEN) return;
    webSocket.send(burst, { binary: false, compress: false }, () => unwritten.remove(burst.length, count));
  };
  return (frame) => {
    unwritten.add(frame.length);
    if (frames.push(frame) === 1) process.nextTick(flush);
  };
}

function readUrl(text: string): { address: string; login: string; passcode: string } {
  const url = new URL(text);
  const [login, passcode] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  url.username = '';
  url.password = '';
  return { address: url.href, login, passcode };
}
