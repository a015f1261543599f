import mqttPacket, { type Packet, type Parser } from 'mqtt-packet';
import { mostOf } from '../../extremes.ts';
import type { MqttSession, SendTemplate } from '../../protocol/chat-protocol.ts';
import type { Connection, ConnectionListener, ConnectOutcome, OnWrite, Refusal } from '../connection.ts';
import { MadeOf } from '../made-of.ts';
import type { ByteLink } from './byte-link.ts';
import { PublishTemplates } from './publish-templates.ts';

/** Largest packet that is read. */
const MAX_PACKET_BYTES = 16 * 1024 * 1024;
const MAX_ID = 65_535;
/** Reason codes from here on are failures; so are return codes of a CONNACK above 0, and of a SUBACK from here on. */
const FAILURES = 0x80;
const SUBSCRIBE_ID = 1;

/** The number that is told of message 0: those of rules have eleven digits. */
const FIRST_SEQUENCE = 10_000_000_000;

/**
 * A client of an MQTT broker. What the broker sends is told as lines: `SUBACK 1`, `PUBACK 10000000042` with the number of the message that
 * it acknowledges, `REFUSED 10000000042 reason 135`, `PUBLISH topic` and the payload behind it, `DISCONNECT 142`.
 */
export class MqttConnection implements Connection {
  readonly #session: MqttSession;
  readonly #listener: ConnectionListener;
  readonly #parser: Parser;
  readonly #accepted = Promise.withResolvers<ConnectOutcome>();
  /** Identifiers of packets that are not acknowledged yet, and their messages. */
  readonly #unacknowledged = new Map<number, number>();
  #link: ByteLink | null = null;
  #state: 'opening' | 'open' | 'ended' = 'opening';
  readonly #publishes = new MadeOf<readonly SendTemplate[], PublishTemplates>();
  #lastId = SUBSCRIBE_ID;
  #pendingBytes = 0;

  constructor(session: MqttSession, listener: ConnectionListener) {
    this.#session = session;
    this.#listener = listener;
    this.#parser = mqttPacket.parser({ protocolVersion: session.version });
    this.#parser.on('packet', (packet) => this.#receive(packet));
    this.#parser.on('error', (error: Error) => this.#breakOff(`no MQTT packet: ${error.message}`));
  }

  /** Says who the client is; settles once the broker has accepted it, or has not. */
  async begin(link: ByteLink, timeoutMs: number): Promise<ConnectOutcome> {
    this.#link = link;
    const { version, clientId, username, password, keepAliveUs } = this.#session;
    this.#write({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: version,
      clean: true,
      clientId,
      keepalive: Math.min(MAX_ID, Math.ceil(keepAliveUs / 1_000_000)),
      ...(username === null ? {} : { username }),
      ...(password === null ? {} : { password: Buffer.from(password) }),
    });
    const timer = setTimeout(
      () => {
        this.#giveUp({ outcome: 'timeout', detail: 'no CONNACK' });
      },
      Math.max(1, timeoutMs),
    );
    const outcome = await this.#accepted.promise;
    clearTimeout(timer);
    return outcome;
  }

  get isOpen(): boolean {
    return this.#state === 'open' && this.#link?.isOpen === true;
  }

  /** Without end where all identifiers are in use: what is due is then skipped and counted. */
  get bufferedBytes(): number {
    return this.#unacknowledged.size >= MAX_ID - 1 ? Number.POSITIVE_INFINITY : (this.#link?.bufferedBytes ?? 0);
  }

  /** There are no frames but messages. */
  sendText(): void {}

  sendPing(): void {
    if (this.isOpen) this.#write({ cmd: 'pingreq' });
  }

  sendMessages(
    templates: readonly SendTemplate[],
    room: number,
    sequences: readonly number[],
    payloads: readonly number[],
    onWrite: OnWrite,
  ): void {
    if (!this.isOpen) return;
    const publishes =
      this.#publishes.get(templates) ??
      this.#publishes.keep(templates, new PublishTemplates(templates, this.#session, this.#session.topicOf(room)));
    const packets = publishes.encode(room, sequences, payloads, (sequence) => this.#takeId(sequence));
    onWrite(sequences);
    this.#link?.write(packets);
  }

  pauseReading(): void {
    this.#link?.pause();
  }

  resumeReading(): void {
    this.#link?.resume();
  }

  close(): void {
    if (this.#state === 'ended') return;
    if (this.#state === 'open') this.#write({ cmd: 'disconnect' });
    this.#state = 'ended';
    this.#link?.close();
  }

  /** The link has brought this; the bytes stay as they are. */
  take(bytes: Buffer): void {
    if (this.#state === 'ended') return;
    this.#pendingBytes += bytes.length;
    this.#parser.parse(bytes);
    if (this.#pendingBytes > MAX_PACKET_BYTES) this.#breakOff(`a packet of more than ${MAX_PACKET_BYTES} bytes`);
  }

  /** The link is no more. */
  end(refusal: Refusal, code?: number): void {
    const before = this.#state;
    this.#state = 'ended';
    if (before === 'opening') this.#accepted.resolve(refusal);
    else if (before === 'open') this.#listener.onClose(refusal.detail, code);
  }

  #receive(packet: Packet): void {
    this.#pendingBytes = 0;
    if (this.#state === 'ended') return;
    switch (packet.cmd) {
      case 'connack':
        this.#beLetIn(packet.reasonCode ?? packet.returnCode ?? 0);
        break;
      case 'suback': {
        // The worst of all: a failure of one is one.
        const granted = mostOf(packet.granted as readonly number[]);
        this.#tell(`${granted >= 0 && granted < FAILURES ? 'SUBACK' : 'REFUSED SUBACK'} ${granted}`);
        break;
      }
      case 'puback':
        this.#acknowledge(packet.messageId ?? 0, packet.reasonCode ?? 0);
        break;
      case 'publish': {
        const { topic, payload, qos, messageId } = packet;
        if (qos === 1 && messageId !== undefined) this.#write({ cmd: 'puback', messageId });
        this.#listener.onFrame(Buffer.concat([Buffer.from(`PUBLISH ${topic}\n`), Buffer.from(payload)]));
        break;
      }
      case 'disconnect':
        this.#tell(`DISCONNECT ${packet.reasonCode ?? 0}`);
        break;
      default:
        break;
    }
  }

  #beLetIn(code: number): void {
    if (this.#state !== 'opening') return;
    if (code !== 0) {
      this.#giveUp({ outcome: 'refused', detail: `CONNACK ${code}: ${REASONS[code] ?? 'refused'}` });
      return;
    }
    this.#state = 'open';
    this.#accepted.resolve({ outcome: 'ok', connection: this });
    const { subscriptions: topics, qos, version, isEchoed } = this.#session;
    const subscriptions = topics.map((topic) => (version === 5 ? { topic, qos, nl: !isEchoed } : { topic, qos }));
    this.#write({ cmd: 'subscribe', messageId: SUBSCRIBE_ID, subscriptions });
  }

  #acknowledge(id: number, reason: number): void {
    const sequence = this.#unacknowledged.get(id);
    if (sequence === undefined) return;
    this.#unacknowledged.delete(id);
    const number = FIRST_SEQUENCE + sequence;
    this.#tell(reason < FAILURES ? `PUBACK ${number}` : `REFUSED ${number} reason ${reason}`);
  }

  /** Beyond all that there are, the oldest's is taken, whose acknowledgement nobody will know. */
  #takeId(sequence: number): number {
    if (this.#unacknowledged.size >= MAX_ID) this.#unacknowledged.delete(this.#unacknowledged.keys().next().value!);
    do this.#lastId = (this.#lastId % MAX_ID) + 1;
    while (this.#unacknowledged.has(this.#lastId));
    this.#unacknowledged.set(this.#lastId, sequence);
    return this.#lastId;
  }

  #tell(line: string): void {
    this.#listener.onFrame(Buffer.from(line));
  }

  #write(packet: Packet): void {
    this.#link?.write(mqttPacket.generate(packet, { protocolVersion: this.#session.version }));
  }

  #giveUp(refusal: Refusal): void {
    this.end(refusal);
    this.#link?.close();
  }

  #breakOff(detail: string): void {
    this.#giveUp({ outcome: 'protocol', detail });
  }
}

/** Return codes of MQTT 3.1.1 and reason codes of MQTT 5. */
const REASONS: Readonly<Record<number, string>> = {
  1: 'unacceptable protocol version',
  2: 'identifier rejected',
  3: 'server unavailable',
  4: 'bad user name or password',
  5: 'not authorized',
  132: 'unsupported protocol version',
  133: 'client identifier not valid',
  134: 'bad user name or password',
  135: 'not authorized',
  136: 'server unavailable',
  137: 'server busy',
  138: 'banned',
  149: 'packet too large',
  151: 'quota exceeded',
  159: 'connection rate exceeded',
};
