import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { createMemoryFeatures } from '../adapters/memory/memory-features.ts';
import { createMemoryStore } from '../adapters/memory/memory-store.ts';
import { startGateway } from '../gateway/gateway.ts';
import type { GatewayConfig } from '../gateway/gateway-config.ts';
import { encodeJoin, encodeSend } from '../wire/client-frame.ts';
import { kindOfServerFrame } from '../wire/server-frame.ts';
import { closeInTime } from './close-in-time.ts';
import { openRehearsalPath } from './open-rehearsal-path.ts';
import { REHEARSAL_MS } from './rehearsal-limit.ts';
import { repeatUntilSettled } from './repeat-until-settled.ts';

/** Rooms of two: whatever one of them sends, the other one gets. */
const ROOMS = 8;

/** Of each client in a round, one after the other. */
const MESSAGES = 30;

/** Of each client that are not both acknowledged and delivered. */
const WINDOW = 4;

const BODY = 'x'.repeat(64);

/** No frame of it waits for a quota: it is over before real clients come. */
const NO_LIMIT = Number.POSITIVE_INFINITY;

/**
 * Pushes messages through a gateway of this process that nobody else knows, over a path as that of `config`, until what they pass has
 * been compiled: the first clients of the real one would be served at half the speed for a while otherwise. Nothing of it is left in the
 * figures of the real one, in stores, or with brokers; that it fails is no failure. Yields how many rounds there were.
 */
export async function rehearseGateway(config: GatewayConfig): Promise<number> {
  const { rehearsalMs: limitMs = REHEARSAL_MS } = config;
  if (limitMs === 0) return 0;
  const name = `rehearsal-${randomBytes(6).toString('hex')}`;
  const rooms = Array.from({ length: ROOMS }, (_, n) => `${name}-${n}`);
  const opened = await openRehearsalPath(config, name, rooms).catch(() => null);
  if (opened === null) return 0;
  const { hops } = config;
  const options = { id: name, host: '127.0.0.1', port: 0, hops, unitsPerSecond: NO_LIMIT };
  try {
    const gateway = await startGateway(options, opened.path, createMemoryFeatures(createMemoryStore(), null));
    try {
      return await chat(gateway.endpoint, rooms, limitMs);
    } finally {
      await gateway.stop();
    }
  } catch {
    // The real one will meet the same, and tell it.
    return 0;
  } finally {
    await closeInTime(opened.close());
  }
}

async function chat(endpoint: string, rooms: readonly string[], limitMs: number): Promise<number> {
  const clients: Client[] = [];
  try {
    for (const room of [...rooms, ...rooms]) clients.push(await Client.connect(endpoint, room, clients.length));
    const talk = async () => void (await Promise.all(clients.map((client) => client.talk(MESSAGES))));
    return await repeatUntilSettled(talk, limitMs);
  } finally {
    for (const client of clients) client.end();
  }
}

/** Sends to a room, and counts what of it was acknowledged and what of the room arrives. */
class Client {
  readonly #socket: WebSocket;
  readonly #room: string;
  readonly #name: string;
  #sent = 0;
  #acked = 0;
  #received = 0;
  #until = 0;
  #done: () => void = () => {};

  static async connect(endpoint: string, room: string, number: number): Promise<Client> {
    const socket = new WebSocket(`${endpoint}?user=u${number}&device=d`, { perMessageDeflate: false });
    socket.on('error', () => {});
    await once(socket, 'open');
    const joined = once(socket, 'message');
    socket.send(encodeJoin(room));
    await joined;
    return new Client(socket, room, `c${number}`);
  }

  constructor(socket: WebSocket, room: string, name: string) {
    this.#socket = socket;
    this.#room = room;
    this.#name = name;
    socket.on('message', (frame: Buffer) => this.#hear(frame));
  }

  /** Settles when so many more were sent and acknowledged, and as many came from the other one. */
  async talk(messages: number): Promise<void> {
    this.#until += messages;
    const done = new Promise<void>((resolve) => {
      this.#done = resolve;
    });
    this.#goOn();
    await done;
  }

  end(): void {
    this.#socket.terminate();
  }

  #hear(frame: Buffer): void {
    const kind = kindOfServerFrame(frame);
    if (kind === 'ack') this.#acked++;
    else if (kind === 'message') this.#received++;
    this.#goOn();
  }

  #goOn(): void {
    const settled = Math.min(this.#acked, this.#received);
    while (this.#sent < this.#until && this.#sent - settled < WINDOW) {
      this.#socket.send(encodeSend(`${this.#name}-${this.#sent++}`, this.#room, BODY));
    }
    if (settled >= this.#until) this.#done();
  }
}
