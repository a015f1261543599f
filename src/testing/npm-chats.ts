import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createAdapter } from '@socket.io/redis-adapter';
import { buildSchema, execute, subscribe, validate } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import sockjs, { type Connection } from 'sockjs';
import { WebSocketServer } from 'ws';

/** Chats made with the server libraries of npm, on loopback. */
export interface NpmChat {
  /** host:port */
  readonly host: string;
  stop(): Promise<void>;
}

async function listen(http: HttpServer, stop: () => unknown): Promise<NpmChat> {
  // Those that became WebSockets, a server that closes would wait for.
  const sockets = new Set<Socket>();
  http.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    host: `127.0.0.1:${(http.address() as AddressInfo).port}`,
    async stop() {
      await stop();
      for (const socket of sockets) socket.destroy();
      if (http.listening) await new Promise((resolve) => http.close(resolve));
    },
  };
}

export interface SocketIoChat extends NpmChat {
  /** How members of the namespace send and receive. */
  transports(): ReadonlySet<string>;
}

/** Socket.IO with a namespace; with the Redis adapter where a Redis is given. */
export async function startSocketIo(redisUrl: string | null = null): Promise<SocketIoChat> {
  const http = createServer();
  const server = new Server(http);
  const redis = redisUrl === null ? [] : [new Redis(redisUrl), new Redis(redisUrl)];
  if (redis.length === 2) server.adapter(createAdapter(redis[0], redis[1]));
  const transports = new Set<string>();
  server.of('/chat').on('connection', (socket) => {
    socket.on('message', () => transports.add(socket.conn.transport.name));
    socket.on('join', async (room, done) => {
      await socket.join(room);
      done();
    });
    socket.on('message', ({ room, text }, done) => {
      if (text.includes('forbidden')) return done({ error: 'forbidden' });
      socket.to(room).emit('message', { text });
      done();
    });
  });
  const chat = await listen(http, async () => {
    await server.close();
    // What the adapter unsubscribes from when it closes is answered before.
    for (const connection of redis) await connection.quit();
  });
  return { ...chat, transports: () => transports };
}

const SCHEMA = buildSchema(`
  type Message { text: String! }
  type Query { nothing: String }
  type Mutation { send(room: String!, text: String!): Boolean }
  type Subscription { message(room: String!): Message }
`);

/** graphql-ws with a subscription to a room. */
export function startGraphqlWs(): Promise<NpmChat> {
  const listeners = new Map<string, Set<(text: string) => void>>();
  const roots = {
    send({ room, text }: { room: string; text: string }) {
      for (const tell of listeners.get(room) ?? []) tell(text);
      return true;
    },
    message: ({ room }: { room: string }) => followRoom(listeners, room),
  };
  const http = createServer();
  const sockets = new WebSocketServer({ server: http, path: '/graphql' });
  // Of the same copy of graphql as the schema: a test runner may load another than graphql-ws has.
  const own = { execute, subscribe, validate };
  const disposable = useServer(
    { schema: SCHEMA, roots: { query: roots, mutation: roots, subscription: roots }, ...own },
    sockets,
  );
  return listen(http, () => disposable.dispose());
}

async function* followRoom(listeners: Map<string, Set<(text: string) => void>>, room: string) {
  const pending: string[] = [];
  let wake = () => {};
  const tell = (text: string) => {
    pending.push(text);
    wake();
  };
  const members = listeners.get(room) ?? new Set();
  listeners.set(room, members.add(tell));
  try {
    for (;;) {
      for (const text of pending.splice(0)) yield { message: { text } };
      if (pending.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    members.delete(tell);
  }
}

/** SockJS; who sends is told `{"ok":id}`. */
export function startSockJs(): Promise<NpmChat> {
  const rooms = new Map<string, Set<Connection>>();
  const echo = sockjs.createServer({ log: () => {} });
  echo.on('connection', (connection) => {
    let members = new Set<Connection>();
    connection.on('data', (data) => {
      const { type, room, id, text } = JSON.parse(data);
      if (type === 'join') {
        members = rooms.get(room) ?? new Set();
        rooms.set(room, members.add(connection));
        connection.write(JSON.stringify({ type: 'joined' }));
        return;
      }
      for (const member of members) if (member !== connection) member.write(JSON.stringify({ text }));
      connection.write(JSON.stringify({ ok: id }));
    });
    connection.on('close', () => members.delete(connection));
  });
  const http = createServer();
  echo.installHandlers(http, { prefix: '/chat' });
  return listen(http, () => {});
}
