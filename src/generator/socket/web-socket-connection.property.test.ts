import type { Socket } from 'node:net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as ws from 'ws';
import type { ConnectOutcome } from '../connection.ts';
import { DeadlineWheel } from './deadline-wheel.ts';
import { WebSocketConnection } from './web-socket-connection.ts';

const MAX_PAYLOAD_BYTES = 300;

/** Mostly frames that a server may send, and now and then any two first bytes. */
const frame = fc.oneof(
  { weight: 8, arbitrary: frameOf(fc.constantFrom(0x81, 0x82)) },
  { weight: 3, arbitrary: frameOf(fc.constantFrom(0x01, 0x02, 0x00, 0x80)) },
  { weight: 2, arbitrary: frameOf(fc.constantFrom(0x89, 0x8a), fc.constantFrom(0, 1, 125)) },
  { weight: 1, arbitrary: frameOf(fc.constant(0x88), fc.constantFrom(0, 1, 2, 20)) },
  { weight: 1, arbitrary: frameOf(fc.nat({ max: 255 })) },
  { weight: 1, arbitrary: frameOf(fc.constantFrom(0x81, 0x82), fc.constantFrom(299, 300, 301, 70_000)) },
  { weight: 1, arbitrary: fc.constantFrom(closeFrame(1000), closeFrame(1005), closeFrame(3999), closeFrame(999)) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 12 }).map((bytes) => Buffer.from(bytes)) },
);

it('reads any sequence of frames, however it is cut into chunks, as ws reads it', () => {
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 12 }),
      (frames, cuts) => {
        const chunks = cut(Buffer.concat(frames), cuts);
        expect(readOwn(chunks)).toEqual(readWithWs(chunks));
      },
    ),
    { numRuns: 2_000 },
  );
});

it('reads a fragmented message byte by byte, with pings in between', () => {
  const bytes = Buffer.concat([
    encode(0x01, Buffer.from('one, ')),
    encode(0x89, Buffer.from('ping')),
    encode(0x00, Buffer.from('two, ')),
    encode(0x80, Buffer.from('three')),
    encode(0x81, Buffer.from('next')),
  ]);
  expect(readOwn(cut(bytes, [1]))).toEqual(['ping ping', 'message one, two, three', 'message next']);
});

function frameOf(first: fc.Arbitrary<number>, length: fc.Arbitrary<number> = fc.nat({ max: 200 })) {
  return fc
    .tuple(first, length, fc.nat({ max: 255 }))
    .map(([byte, bytes, fill]) => encode(byte, Buffer.alloc(bytes, fill)));
}

function encode(first: number, payload: Buffer): Buffer {
  if (payload.length < 126) return Buffer.concat([Buffer.from([first, payload.length]), payload]);
  if (payload.length < 65_536) {
    return Buffer.concat([Buffer.from([first, 126, payload.length >> 8, payload.length & 255]), payload]);
  }
  const header = Buffer.alloc(10);
  header[0] = first;
  header[1] = 127;
  header.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([header, payload]);
}

function closeFrame(code: number): Buffer {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return encode(0x88, payload);
}

function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = lengths[i % lengths.length]!;
    chunks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return chunks;
}

/** Every chunk in one buffer that is overwritten by the next, as on real sockets. */
function readOwn(chunks: readonly Buffer[]): string[] {
  const events: string[] = [];
  const connection = openOnFakeStream((bytes) => describeAnswer(bytes, events), {
    onFrame: (payload) => events.push(`message ${payload.toString('latin1')}`),
    onClose: (reason) => events.push(reason),
  });
  const shared = Buffer.alloc(512);
  for (const chunk of chunks) {
    connection.take(shared.subarray(0, chunk.copy(shared)));
    shared.fill(0xff);
  }
  return events.filter((text) => !/^(closed with|protocol:)/.test(text));
}

function describeAnswer(bytes: Buffer, events: string[]): void {
  const payload = bytes.subarray(6);
  if (bytes[0] === 0x8a) events.push(`ping ${payload.toString('latin1')}`);
  if (bytes[0] === 0x88) events.push(`close ${payload.length === 0 ? 1005 : payload.readUInt16BE(0)}`);
}

/** The parts of ws's receiver that are used here; `_write` is its `write` without the turn of the loop before an error. */
interface WsReceiver extends NodeJS.EventEmitter {
  _write(chunk: Buffer, encoding: string, done: (error?: Error) => void): void;
}

function readWithWs(chunks: readonly Buffer[]): string[] {
  const events: string[] = [];
  let isOver = false;
  const end = (code: number | undefined) => {
    isOver = true;
    events.push(`close ${code}`);
  };
  const { Receiver } = ws as unknown as { Receiver: new (options: object) => WsReceiver };
  const receiver = new Receiver({ maxPayload: MAX_PAYLOAD_BYTES, skipUTF8Validation: true, isServer: false });
  receiver.on('message', (data: Buffer) => events.push(`message ${data.toString('latin1')}`));
  receiver.on('ping', (data: Buffer) => events.push(`ping ${data.toString('latin1')}`));
  receiver.on('conclude', end);
  for (const chunk of chunks) {
    if (isOver) break;
    receiver._write(Buffer.from(chunk), 'buffer', (error) => error && end(statusOf(error)));
  }
  return events;
}

function statusOf(error: Error): number | undefined {
  const symbol = Object.getOwnPropertySymbols(error).find(({ description }) => description === 'status-code');
  return (error as unknown as Record<symbol, number>)[symbol!];
}

function openOnFakeStream(
  write: (bytes: Buffer) => void,
  listener: { onFrame(payload: Buffer): void; onClose(reason: string): void },
) {
  const stream = {
    writable: true,
    writableLength: 0,
    write,
    end() {},
    destroy() {},
  };
  let outcome: ConnectOutcome | null = null;
  const opening = { url: '', subprotocols: [], headers: {}, frames: [], readyFrames: 0 };
  const connection = new WebSocketConnection(
    stream as unknown as Socket,
    { deadlines: new DeadlineWheel(), maxPayloadBytes: MAX_PAYLOAD_BYTES },
    listener,
    {
      opening,
      key: 'dGhlIHNhbXBsZSBub25jZQ==',
      request: '',
      head: null,
      refused: null,
      settle: (settled) => {
        outcome = settled;
      },
    },
    60_000,
  );
  // The example of RFC 6455, section 1.3.
  connection.take(
    Buffer.from(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
    ),
  );
  expect(outcome).toMatchObject({ outcome: 'ok' });
  return connection;
}
