import { parseClientFrame, type SendFrame } from '../cluster/wire/client-frame.ts';
import { encodeReadReceipt, encodeTyping } from '../cluster/wire/server-feature-frame.ts';
import { encodeAck, encodeJoined, encodeMessage } from '../cluster/wire/server-frame.ts';
import type { FetchText } from '../generator/clients/sync-rooms.ts';
import type { ConnectionListener, ConnectOutcome, Connector } from '../generator/connection.ts';
import { patchMarker } from '../record/marker.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface VirtualChat {
  readonly connector: Connector;
  /** Answers for the history of rooms; null while the gateway that is asked is down. */
  readonly fetchText: FetchText;
  /** Pages of history that were asked for so far. */
  readonly fetches: number;
  /** What members let their rooms know besides messages so far, as the others are told. */
  readonly signals: readonly VirtualSignal[];
  /** Connections now open, by gateway. */
  readonly live: ReadonlyMap<string, number>;
  /** Breaks all connections of a gateway, which refuses new ones until then. */
  drop(gateway: string, untilUs: number): void;
}

export interface VirtualSignal {
  readonly atUs: number;
  readonly user: string;
  readonly signal: string;
}

export interface VirtualChatScript {
  /** From a message's being stored to its deliveries, and from its arrival to its acknowledgement. */
  readonly delayUs?: number;
  /** From the arrival of a message to its being stored, which gives it its place in the room; default 0. */
  readonly storeUs?: number;
  /** The n-th message of the server is pushed twice to each recipient. */
  readonly repeats?: (message: number) => boolean;
  /** The push of the n-th message of the server to a user is left out. */
  readonly swallows?: (message: number, user: string) => boolean;
  /** The n-th message that arrives is stored, and its sender's connection broken in place of an answer. */
  readonly breaksOn?: (message: number) => boolean;
  /** A client that leaves as many frames unread is cut off with them, which it learns when it reads on; default: never. */
  readonly unreadLimit?: number;
}

interface Peer {
  readonly user: string;
  readonly gateway: string;
  readonly listener: ConnectionListener;
  room: string | null;
  isOpen: boolean;
  /** Frames that wait because the client does not read; null while it does. */
  unread: string[] | null;
}

/** The reference protocol on the virtual clock: gateways named by their address before, one store behind them. */
export function createVirtualChat(clock: VirtualClock, script: VirtualChatScript = {}): VirtualChat {
  const {
    delayUs = 0,
    storeUs = 0,
    repeats = () => false,
    swallows = () => false,
    breaksOn = () => false,
    unreadLimit = Number.POSITIVE_INFINITY,
  } = script;
  const peers = new Set<Peer>();
  const live = new Map<string, number>();
  const downUntilUs = new Map<string, number>();
  const rooms = new Map<string, Map<string, string>>();
  const signals: VirtualSignal[] = [];
  let messages = 0;
  let fetches = 0;

  const isDown = (gateway: string) => (downUntilUs.get(gateway) ?? 0) > clock.nowUs();
  const remove = (peer: Peer) => {
    if (!peer.isOpen) return;
    peer.isOpen = false;
    peers.delete(peer);
    live.set(peer.gateway, live.get(peer.gateway)! - 1);
  };
  const breakOff = (peer: Peer) => {
    remove(peer);
    peer.listener.onClose('closed without a word');
  };
  const push = (peer: Peer, frame: string, afterUs: number) =>
    clock.after(afterUs, () => {
      if (!peer.isOpen) return;
      if (peer.unread === null) peer.listener.onFrame(Buffer.from(frame));
      else if (peer.unread.push(frame) >= unreadLimit) remove(peer);
    });
  const readOn = (peer: Peer) => {
    const frames = peer.unread ?? [];
    peer.unread = null;
    if (peer.isOpen) for (const frame of frames) peer.listener.onFrame(Buffer.from(frame));
    else if (frames.length >= unreadLimit) peer.listener.onClose('closed without a word');
  };

  const store = (sender: Peer, { id, room, body }: SendFrame, number: number) => {
    const stored = rooms.get(room) ?? new Map<string, string>();
    rooms.set(room, stored);
    if (stored.has(id)) return;
    const message = encodeMessage(id, room, stored.size + 1, sender.user, 0, JSON.stringify(body));
    stored.set(id, message);
    for (const peer of peers) {
      const isRecipient = peer.room === room && peer.user !== sender.user;
      if (!isRecipient || swallows(number, peer.user)) continue;
      push(peer, message, delayUs);
      if (repeats(number)) push(peer, message, delayUs);
    }
  };

  const tellMembers = (sender: Peer, room: string, signal: string) => {
    signals.push({ atUs: clock.nowUs(), user: sender.user, signal });
    for (const peer of peers) if (peer.room === room && peer !== sender) push(peer, signal, delayUs);
  };

  const accept = (sender: Peer, text: string) => {
    const frame = parseClientFrame(text);
    if (frame.t === 'join') {
      sender.room = frame.room;
      push(sender, encodeJoined(frame.room), 0);
    }
    if (frame.t === 'typing') tellMembers(sender, frame.room, encodeTyping(frame.room, sender.user));
    if (frame.t === 'read') tellMembers(sender, frame.room, encodeReadReceipt(frame.room, sender.user, frame.seq));
    if (frame.t !== 'send') return;
    const number = messages++;
    if (storeUs === 0) store(sender, frame, number);
    else clock.after(storeUs, () => store(sender, frame, number));
    if (breaksOn(number)) clock.after(0, () => breakOff(sender));
    else push(sender, encodeAck(frame.id), delayUs);
  };

  return {
    live,
    signals,
    get fetches() {
      return fetches;
    },
    connector: { connect: async (opening, _timeoutUs, listener) => connect(opening.url, listener) },
    async fetchText(url) {
      fetches++;
      const [, gateway, room, after, limit] = /^http(:.*)\/rooms\/(.*)\/messages\?after=(\d+)&limit=(\d+)$/.exec(url)!;
      if (isDown(`ws${gateway}`)) return null;
      const page = [...(rooms.get(room!)?.values() ?? [])].slice(Number(after), Number(after) + Number(limit));
      return `{"room":"${room}","messages":[${page.join(',')}]}`;
    },
    drop(gateway, untilUs) {
      downUntilUs.set(gateway, untilUs);
      for (const peer of [...peers]) if (peer.gateway === gateway) breakOff(peer);
    },
  };

  function connect(url: string, listener: ConnectionListener): ConnectOutcome {
    const { origin, searchParams } = new URL(url);
    if (isDown(origin)) return { outcome: 'refused', detail: 'connect ECONNREFUSED' };
    const peer: Peer = {
      user: searchParams.get('user')!,
      gateway: origin,
      listener,
      room: null,
      isOpen: true,
      unread: null,
    };
    peers.add(peer);
    live.set(origin, (live.get(origin) ?? 0) + 1);
    return {
      outcome: 'ok',
      connection: {
        get isOpen() {
          return peer.isOpen;
        },
        bufferedBytes: 0,
        sendText: (text) => accept(peer, text.toString()),
        sendPing() {},
        sendMessages(templates, room, sequences, payloads, onWrite) {
          onWrite(sequences);
          for (const [i, sequence] of sequences.entries()) {
            const { frame, markerOffsets } = templates[payloads[i]!]!;
            const bytes = Buffer.from(frame);
            for (const offset of markerOffsets) patchMarker(bytes, offset, sequence, room);
            // A connection that broke on the way takes the rest with it.
            if (peer.isOpen) accept(peer, bytes.toString());
          }
        },
        pauseReading() {
          peer.unread ??= [];
        },
        resumeReading: () => readOn(peer),
        close() {
          peer.unread = null;
          remove(peer);
        },
      },
    };
  }
}
