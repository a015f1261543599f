import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** A chat of rooms on loopback that counts what it did, for those who compare their own counts with it. */
export interface CountingChat {
  /** host:port */
  readonly host: string;
  readonly counts: { received: number; delivered: number };
  stop(): Promise<void>;
}

export type HandleRequest = (url: URL, request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** @param onSocket takes WebSockets, or yields false to refuse one with 403; left out: there are none */
export async function startHttp(
  handle: HandleRequest,
  onSocket?: (socket: WebSocket, url: URL) => void,
  admits: (url: URL, request: IncomingMessage) => boolean = () => true,
  perMessageDeflate: boolean | { readonly threshold: number } = false,
): Promise<Pick<CountingChat, 'host' | 'stop'>> {
  const http = createServer((request, response) => void handle(urlOf(request), request, response));
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate });
  http.on('upgrade', (request, socket, head) => {
    if (onSocket === undefined || !admits(urlOf(request), request)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\nforbidden');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => onSocket(webSocket, urlOf(request)));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    host: `127.0.0.1:${(http.address() as AddressInfo).port}`,
    async stop() {
      for (const socket of sockets.clients) socket.terminate();
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
}

export async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}

function urlOf(request: IncomingMessage): URL {
  return new URL(request.url ?? '', 'http://chat');
}
