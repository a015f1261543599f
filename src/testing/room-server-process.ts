import { createHash } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import type { Plant } from './room-server.ts';

/**
 * One process of a chat on bare sockets: `/ROOM/USER` in the address, where both end in their number, and whatever a member sends
 * goes to all others of its room, in this process and by way of the parent in the others. Some messages go astray on purpose, as the
 * argument says. For trusted peers only: small, unfragmented, masked text frames.
 */
const plants: readonly Plant[] = JSON.parse(process.argv[3] ?? '[]');
const rooms = new Map<number, Map<number, Socket>>();

interface Said {
  readonly room: number;
  readonly user: number;
  readonly text: string;
}

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => socket.destroy());
  socket.once('data', (head) => upgrade(socket, head));
});
server.listen(
  { port: Number(process.argv[2] ?? 0), host: process.argv[4] ?? '127.0.0.1', backlog: 4096, reusePort: true },
  () => {
    const address = server.address();
    process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
  },
);
process.on('message', (said: Said) => tell(said));
process.on('disconnect', () => process.exit(0));

function upgrade(socket: Socket, head: Buffer): void {
  const text = head.toString('latin1');
  const key = /^sec-websocket-key:\s*(\S+)/im.exec(text)?.[1] ?? '';
  const [, room, user] = (/^GET \/\D*(\d+)\/\D*(\d+)/.exec(text) ?? []).map(Number);
  if (room === undefined || user === undefined) {
    socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
    return;
  }
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  const members = rooms.get(room) ?? new Map<number, Socket>();
  rooms.set(room, members.set(user, socket));
  socket.on('close', () => members.delete(user));
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    rest = hear(room, user, rest.length === 0 ? chunk : Buffer.concat([rest, chunk]));
  });
}

/** Tells on every whole frame in the buffer; yields what is left of an incomplete one. */
function hear(room: number, user: number, input: Buffer): Buffer {
  let read = 0;
  while (input.length - read >= 6) {
    const short = input[read + 1]! & 0x7f;
    const headerBytes = short === 126 ? 4 : 2;
    const length = short === 126 ? input.readUInt16BE(read + 2) : short;
    const body = read + headerBytes + 4;
    if (input.length < body + length) break;
    if ((input[read]! & 0x0f) === 1) {
      const text = Buffer.from(input.subarray(body, body + length).map((byte, i) => byte ^ input[body - 4 + (i & 3)]!));
      const said = { room, user, text: text.toString('latin1') };
      process.send?.(said);
      tell(said);
    }
    read = body + length;
  }
  return input.subarray(read);
}

function tell({ room, user, text }: Said): void {
  const body = Buffer.from(text, 'latin1');
  const header =
    body.length < 126 ? Buffer.of(0x81, body.length) : Buffer.of(0x81, 126, body.length >> 8, body.length & 0xff);
  const frame = Buffer.concat([header, body]);
  const own = plants.filter((plant) => plant.room === room && plant.sender === user);
  for (const [member, socket] of rooms.get(room) ?? []) {
    if (member === user) continue;
    const plant = own.find(({ recipient }) => recipient === member);
    if (plant?.what === 'lose') continue;
    socket.write(frame);
    if (plant?.what === 'repeat') socket.write(frame);
  }
  for (const { what, recipient } of own) {
    if (what !== 'leak') continue;
    for (const members of rooms.values()) members.get(recipient)?.write(frame);
  }
}
