import { once } from 'node:events';
import type { Socket } from 'node:net';
import { deflateRawSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { median } from '../gate/statistics/median.ts';
import { launchTarget } from '../launch/launch-target.ts';
import type { RunningTarget } from '../launch/running-target.ts';
import { randomUnit } from '../random.ts';
import { readProcUsage } from '../sampler/proc-usage.ts';
import { ChatClient } from '../testing/chat-client.ts';
import { maskedFrame, openRawSocket, upgradeByHand, upgradeRequest } from '../testing/raw-socket.ts';
import { MAX_FRAME_BYTES } from './wire/names.ts';

const SEED = 1_122;
const FRAMES = 10_000;
/** A gateway takes about 130 MB; a bomb that went off would take 100 MiB at once. */
const MEMORY_GROWTH_BYTES = 100 * 1024 * 1024;
const CONNECT_WITHIN_MS = 1_000;

let target: RunningTarget;
let endpoint: string;
let greetings = 0;

describe.each(['embedded', 'local'] as const)('a gateway of %s', (kind) => {
  beforeAll(async () => {
    target = await launchTarget({ kind, topology: 'worker', gateways: 1, workers: 1 }, { attach: false });
    [endpoint = ''] = target.endpoints;
  });
  afterEach(() => serves());
  afterAll(() => target?.stop());

  test('ten thousand frames of rubbish are answered or end their connection, and nothing else', async () => {
    const before = readGatewayBytes();
    let frames = 0;
    for (let n = 0; frames < FRAMES; n++) {
      const { socket } = await upgradeByHand(endpoint, `fuzz${n}`);
      while (frames < FRAMES && !socket.destroyed && socket.writable) {
        for (let i = 0; i < 50; i++) socket.write(drawFrame(frames++));
        await once(socket, 'drain', { signal: AbortSignal.timeout(5) }).catch(() => {});
      }
      socket.destroy();
    }
    expect(readGatewayBytes() - before).toBeLessThan(MEMORY_GROWTH_BYTES);
  });

  test('a frame that is larger than allowed ends its connection with the code for that, unread', async () => {
    const client = await ChatClient.connect(endpoint, 'large');
    client.webSocket.send('x'.repeat(MAX_FRAME_BYTES + 1));
    expect(await client.closed()).toBe(1009);

    const { socket } = await upgradeByHand(endpoint, 'huge');
    const header = Buffer.alloc(14);
    header[0] = 0x81;
    header[1] = 0xff;
    header.writeBigUInt64BE(2n ** 62n, 2);
    socket.write(header);
    await ended(socket);
  });

  test('compression is not agreed to, so that a small frame cannot become a large one', async () => {
    const before = readGatewayBytes();
    const bomb = deflateRawSync(Buffer.alloc(100 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(MAX_FRAME_BYTES * 2);
    for (let n = 0; n < 5; n++) {
      const offer = 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits';
      const { socket, answer } = await upgradeByHand(endpoint, `bomb${n}`, offer);
      expect(answer).toMatch(/^HTTP\/1\.1 101 /);
      expect(answer).not.toMatch(/sec-websocket-extensions/i);
      socket.write(maskedFrame(0xc1, bomb.subarray(0, MAX_FRAME_BYTES)));
      await ended(socket);
    }
    expect(readGatewayBytes() - before).toBeLessThan(MEMORY_GROWTH_BYTES);
  });

  test('two hundred half-sent upgrades keep nobody out, and are ended', async () => {
    const half = await Promise.all(Array.from({ length: 200 }, () => openRawSocket(endpoint)));
    const allEnded = Promise.all(half.map(ended));
    for (const [n, socket] of half.entries()) socket.write(upgradeRequest(endpoint, `half${n}`).slice(0, 80));
    await serves();
    await allEnded;
  });
});

/** It is still up, takes new clients, and passes their messages on. */
async function serves(): Promise<void> {
  const connectMs: number[] = [];
  for (let n = 0; n < 5; n++) {
    const startedAt = performance.now();
    const client = await ChatClient.connect(endpoint, `new${n}`);
    connectMs.push(performance.now() - startedAt);
    await client.close();
  }
  // A machine that stands still for others now and then cannot fail it.
  expect(median(connectMs)).toBeLessThan(CONNECT_WITHIN_MS);
  const [ann, bob] = await Promise.all([ChatClient.connect(endpoint, 'ann'), ChatClient.connect(endpoint, 'bob')]);
  await Promise.all([ann.join('after'), bob.join('after')]);
  const id = `still-here-${++greetings}`;
  ann.send(id, 'after');
  expect((await bob.messages.atLeast(1)).map((message) => message.id)).toEqual([id]);
  await Promise.all([ann.close(), bob.close()]);
}

/** Resident memory of the process that clients talk to. */
function readGatewayBytes(): number {
  const { pid } = target.processes.find(({ name }) => /^(gateway-1|embedded)$/.test(name))!;
  return readProcUsage(pid)!.residentBytes;
}

/** What no client means: random bytes, frames against the rules, texts that are almost right. */
function drawFrame(index: number): Buffer {
  const draw = (n: number) => randomUnit(SEED, n, index);
  const kind = Math.floor(draw(0) * 8);
  const length = Math.floor(draw(1) ** 3 * 3_000);
  const bytes = Buffer.from(Array.from({ length: Math.min(length, 200) }, (_, i) => Math.floor(draw(i + 2) * 256)));
  const text = ALMOST[Math.floor(draw(2) * ALMOST.length)] ?? '';
  // Most keep their connection, or the later ones would never be read.
  if (kind === 0) return maskedFrame(0x82, bytes);
  if (kind === 1 && draw(3) < 0.05) return bytes;
  if (kind === 2 && draw(3) < 0.05) return maskedFrame(Math.floor(draw(4) * 256), bytes);
  if (kind === 3) return maskedFrame(0x81, Buffer.from(bytes.toString('latin1')));
  const cut = Math.floor(draw(5) * text.length);
  return maskedFrame(0x81, Buffer.from(kind < 6 ? text : text.slice(0, cut) + text.slice(cut + 1)));
}

const ALMOST: readonly string[] = [
  '{"t":"join","room":"r"}',
  '{"t":"join","room":{"toString":1}}',
  '{"t":"send","id":"i","room":"r","body":"b"}',
  '{"t":"send","id":"i","room":"nowhere","body":"b"}',
  '{"t":"send","id":1e999,"room":[],"body":null}',
  '{"t":"__proto__","__proto__":{"t":"send"}}',
  '{"t":"send","id":"i\\u0000","room":"r","body":"\\ud800"}',
  `${'['.repeat(2_000)}`,
  '"'.repeat(3),
  'null',
  '[]',
  '',
];

function ended(socket: Socket): Promise<void> {
  return socket.destroyed ? Promise.resolve() : once(socket, 'close').then(() => {});
}
