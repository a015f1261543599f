import { createHash } from 'node:crypto';
import { createServer, type Socket } from 'node:net';

/**
 * A WebSocket echo server on bare sockets, fast enough not to be what is measured: frames are unmasked in place and written
 * back, one write per chunk read. Entry point of a process of its own; reports `{ port }` over IPC and dies with its parent.
 * Several may share one port, given
 * as the argument. For trusted peers only: small, unfragmented, masked data frames.
 */
const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => socket.destroy());
  socket.once('data', (head) => upgrade(socket, head));
});
const port = Number(process.argv[2] ?? 0);
server.listen({ port, host: '127.0.0.1', backlog: 4096, reusePort: true }, () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
});
process.on('disconnect', () => process.exit(0));

function upgrade(socket: Socket, head: Buffer): void {
  const key = /^sec-websocket-key:\s*(\S+)/im.exec(head.toString('latin1'))?.[1] ?? '';
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    rest = echo(socket, rest.length === 0 ? chunk : Buffer.concat([rest, chunk]));
  });
}

/** Answers every whole frame in the buffer; yields what is left of an incomplete one. */
function echo(socket: Socket, input: Buffer): Buffer {
  const output = Buffer.allocUnsafe(input.length);
  let read = 0;
  let written = 0;
  while (input.length - read >= 6) {
    const opcode = input[read]! & 0x0f;
    const short = input[read + 1]! & 0x7f;
    if (short === 127) {
      socket.destroy();
      break;
    }
    const headerBytes = short === 126 ? 4 : 2;
    const length = short === 126 ? input.readUInt16BE(read + 2) : short;
    const body = read + headerBytes + 4;
    if (input.length < body + length) break;
    output[written] = opcode === 9 ? 0x8a : input[read]!;
    output[written + 1] = short;
    if (headerBytes === 4) output.writeUInt16BE(length, written + 2);
    written += headerBytes;
    for (let i = 0; i < length; i++) output[written + i] = input[body + i]! ^ input[body - 4 + (i & 3)]!;
    written += length;
    read = body + length;
    if (opcode === 8) {
      socket.end(output.subarray(0, written));
      return Buffer.alloc(0);
    }
  }
  if (written > 0) socket.write(output.subarray(0, written));
  return input.subarray(read);
}
