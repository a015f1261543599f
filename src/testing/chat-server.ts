import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

export interface ChatServer {
  /** host:port */
  readonly host: string;
  /** Of every handshake, in order. */
  readonly requests: readonly IncomingMessage[];
  stop(): Promise<void>;
}

export interface Member {
  readonly room: string;
  readonly user: string;
  send(text: string): void;
  /** To the others of the room. */
  tell(text: string): void;
}

export interface ChatScript {
  /** Every handshake is answered with this. */
  readonly refuse?: { readonly status: number; readonly location?: string };
  readonly subprotocol?: string;
  greet?(member: Member): void;
  hear?(member: Member, text: string): void;
  request?(
    request: IncomingMessage,
    body: string,
    tellRoom: (room: string, text: string) => void,
    response: ServerResponse,
  ): void;
}

/** A scripted chat on loopback: rooms and users are the last two parts of the address. */
export async function startChatServer(script: ChatScript): Promise<ChatServer> {
  const rooms = new Map<string, Set<WebSocket>>();
  const requests: IncomingMessage[] = [];
  const tellRoom = (room: string, text: string, except?: WebSocket) => {
    for (const socket of rooms.get(room) ?? []) if (socket !== except) socket.send(text);
  };
  const http = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    script.request?.(request, body, tellRoom, response);
  });
  const sockets = new WebSocketServer({
    server: http,
    verifyClient(_info, answer) {
      const { refuse } = script;
      if (refuse === undefined) answer(true);
      else answer(false, refuse.status, 'no', refuse.location === undefined ? {} : { Location: refuse.location });
    },
  });
  sockets.on('connection', (socket, request) => {
    requests.push(request);
    const [room = '', user = ''] = new URL(request.url ?? '', 'ws://a').pathname.split('/').slice(-2);
    rooms.set(room, (rooms.get(room) ?? new Set()).add(socket));
    const member = {
      room,
      user,
      send: (text: string) => socket.send(text),
      tell: (text: string) => tellRoom(room, text, socket),
    };
    socket.on('close', () => rooms.get(room)?.delete(socket));
    socket.on('message', (data) => script.hear?.(member, String(data)));
    script.greet?.(member);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    host: `127.0.0.1:${(http.address() as AddressInfo).port}`,
    requests,
    async stop() {
      for (const socket of sockets.clients) socket.terminate();
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
}
