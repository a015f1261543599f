import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A TCP connection to a gateway that keeps to no protocol; it ignores what comes. */
export async function openRawSocket(endpoint: string): Promise<Socket> {
  const { hostname, port } = new URL(endpoint);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket.resume();
}

/** The opening handshake of a WebSocket, as a client sends it. */
export function upgradeRequest(endpoint: string, user: string, ...headers: readonly string[]): string {
  const { host, pathname } = new URL(endpoint);
  const lines = [
    `GET ${pathname}?user=${user}&device=d0 HTTP/1.1`,
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    ...headers,
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Opens a WebSocket by hand; yields its socket and the server's answer. */
export async function upgradeByHand(endpoint: string, user: string, ...headers: readonly string[]) {
  const socket = await openRawSocket(endpoint);
  socket.write(upgradeRequest(endpoint, user, ...headers));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return { socket, answer: answer.toString('latin1') };
}

/** A frame with a mask of zeros, so that the payload stands in it as it is. */
export function maskedFrame(firstByte: number, payload: Uint8Array): Buffer {
  const long = payload.length > 0xffff;
  const header = Buffer.alloc(long ? 10 : 4);
  header[0] = firstByte;
  header[1] = 0x80 | (long ? 127 : 126);
  if (long) header.writeBigUInt64BE(BigInt(payload.length), 2);
  else header.writeUInt16BE(payload.length, 2);
  return Buffer.concat([header, Buffer.alloc(4), payload]);
}
