import { decode, encode } from '@msgpack/msgpack';
import type { RawData, WebSocket } from 'ws';
import { type CountingChat, readBody, startHttp } from './http-chat.ts';

interface Socket {
  readonly room: string;
  readonly user: string;
  readonly socket: WebSocket;
}

/** How a frame is read and written. */
interface Wire {
  readonly isBinary: boolean;
  read(frame: Buffer): { id: string; text: string };
  write(message: object): Buffer;
}

const JSON_TEXT: Wire = {
  isBinary: false,
  read: (frame) => JSON.parse(String(frame)),
  write: (message) => Buffer.from(JSON.stringify(message)),
};
const MESSAGE_PACK: Wire = {
  isBinary: true,
  read: (frame) => decode(frame) as { id: string; text: string },
  write: (message) => Buffer.from(encode(message)),
};

/** Rooms whose members get what the others say; who speaks is told `{"ok":id}`. */
class Rooms {
  readonly counts = { received: 0, delivered: 0 };
  readonly #members = new Map<string, Set<Socket>>();
  readonly #wire: Wire;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  join(member: Socket): void {
    const members = this.#members.get(member.room) ?? new Set();
    this.#members.set(member.room, members.add(member));
    member.socket.on('close', () => members.delete(member));
  }

  hear(sender: Socket, data: RawData): void {
    const { id, text } = this.#wire.read(data as Buffer);
    this.counts.received++;
    for (const member of this.#members.get(sender.room) ?? []) {
      if (member === sender) continue;
      this.counts.delivered++;
      this.#send(member, { user: sender.user, text });
    }
    this.#send(sender, { ok: id });
  }

  #send({ socket }: Socket, message: object): void {
    socket.send(this.#wire.write(message), { binary: this.#wire.isBinary });
  }
}

/** Speaks and understands binary frames alone; ROOM/USER in the address. */
export const startBinaryChat = () => startRooms({ ...JSON_TEXT, isBinary: true });

/** As that, in MessagePack. */
export const startMsgpackChat = () => startRooms(MESSAGE_PACK);

/** Compresses whatever it sends, to clients that offer it. */
export const startCompressingChat = () => startRooms(JSON_TEXT, { threshold: 0 });

async function startRooms(wire: Wire, deflate: false | { readonly threshold: number } = false): Promise<CountingChat> {
  const rooms = new Rooms(wire);
  const server = await startHttp(
    (_url, _request, response) => void response.writeHead(404).end(),
    (socket, url) => {
      const [, room = '', user = ''] = url.pathname.split('/');
      const member = { room, user, socket };
      rooms.join(member);
      socket.on('message', (data, isBinary) =>
        isBinary === wire.isBinary ? rooms.hear(member, data) : socket.close(1003, 'another kind of frame'),
      );
    },
    () => true,
    deflate,
  );
  return { ...server, counts: rooms.counts };
}

export interface LoginChat extends CountingChat {
  /** Whose token each handshake had, in order. */
  readonly admitted: readonly string[];
  /** What was given out, for those who look for it where it must not be. */
  readonly secrets: readonly string[];
  /** Ends all sessions, and closes their connections with 4001. */
  endSessions(): void;
}

/**
 * Lets in who comes with a token of its own, in the address, and the same as a cookie. POST /login with JSON `name` and `password` (`pw-NAME`) gives it.
 */
export async function startLoginChat(): Promise<LoginChat> {
  const rooms = new Rooms(JSON_TEXT);
  const sessions = new Map<string, string>();
  const open = new Set<WebSocket>();
  const admitted: string[] = [];
  const secrets: string[] = [];
  const server = await startHttp(
    async (url, request, response) => {
      if (url.pathname !== '/login') return void response.writeHead(404).end();
      const { name, password } = JSON.parse(await readBody(request));
      if (password !== `pw-${name}`) {
        return void response.writeHead(401).end(JSON.stringify({ error: `bad credentials: ${password}` }));
      }
      const token = `t-${name}-${Math.random().toString(36).slice(2)}`;
      sessions.set(token, name);
      secrets.push(token);
      response.setHeader('set-cookie', [`sid=${token}; Path=/; HttpOnly`]);
      response.end(JSON.stringify({ data: { token, user: { id: name } } }));
    },
    (socket, url) => {
      const [, room = '', user = ''] = url.pathname.split('/');
      admitted.push(user);
      open.add(socket);
      socket.on('close', () => open.delete(socket));
      const member = { room, user, socket };
      rooms.join(member);
      socket.on('message', (data) => rooms.hear(member, data));
    },
    (url, request) => {
      const token = url.searchParams.get('token') ?? '';
      const [, , user] = url.pathname.split('/');
      return sessions.get(token) === user && request.headers.cookie === `sid=${token}`;
    },
  );
  return {
    ...server,
    counts: rooms.counts,
    admitted,
    secrets,
    endSessions() {
      sessions.clear();
      for (const socket of open) socket.close(4001, 'session expired');
    },
  };
}
