import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type ClientFrame, encodeJoin, encodeSend } from '../cluster/wire/client-frame.ts';
import { type MessageFrame, parseServerFrame, type ServerFrame } from '../cluster/wire/server-frame.ts';
import { Inbox } from './inbox.ts';

/** A client of the reference cluster that keeps everything it is told. */
export class ChatClient {
  readonly user: string;
  readonly frames = new Inbox<ServerFrame>();
  readonly acks = new Inbox<string>();
  readonly messages = new Inbox<MessageFrame>();
  readonly webSocket: WebSocket;
  readonly #joined = new Map<string, () => void>();

  private constructor(user: string, webSocket: WebSocket) {
    this.user = user;
    this.webSocket = webSocket;
    webSocket.on('error', () => {});
    webSocket.on('message', (data) => this.#receive(parseServerFrame(data.toString())));
  }

  /** @param session the one to resume; empty: a new one; undefined: none */
  static async connect(endpoint: string, user: string, device = 'd0', session?: string): Promise<ChatClient> {
    const address = `${endpoint}?user=${user}&device=${device}${session === undefined ? '' : `&session=${session}`}`;
    const webSocket = new WebSocket(address, { perMessageDeflate: false });
    const client = new ChatClient(user, webSocket);
    await once(webSocket, 'open');
    return client;
  }

  /** Sends any frame. */
  ask(frame: ClientFrame | Record<string, unknown>): void {
    this.webSocket.send(JSON.stringify(frame));
  }

  /** Settles with all frames of a kind once there are at least `count`. */
  async told<Kind extends ServerFrame['t']>(
    kind: Kind,
    count = 1,
  ): Promise<readonly Extract<ServerFrame, { t: Kind }>[]> {
    for (let seen = this.frames.items.length; ; seen = this.frames.items.length) {
      const those = this.frames.items.filter((frame) => frame.t === kind);
      if (those.length >= count) return those as unknown as readonly Extract<ServerFrame, { t: Kind }>[];
      await this.frames.atLeast(seen + 1);
    }
  }

  async join(room: string): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#joined.set(room, resolve);
      this.webSocket.send(encodeJoin(room));
    });
  }

  send(id: string, room: string, body = `body of ${id}`): void {
    this.webSocket.send(encodeSend(id, room, body));
  }

  /** Settles with the close code. */
  async close(): Promise<number> {
    this.webSocket.close();
    return this.closed();
  }

  async closed(): Promise<number> {
    const [code] = await once(this.webSocket, 'close');
    return code;
  }

  #receive(frame: ServerFrame): void {
    this.frames.push(frame);
    if (frame.t === 'message') this.messages.push(frame);
    else if (frame.t === 'ack') this.acks.push(frame.id);
    else if (frame.t === 'joined') this.#joined.get(frame.room)?.();
  }
}
