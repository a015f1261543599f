import { type Clock, pause } from '../../clock.ts';
import type { ChatProtocol, ClientIdentity, FrameKind, Opening } from '../../protocol/chat-protocol.ts';
import { sequencesReader } from '../../protocol/read-sequences.ts';
import { byRecord, hasRecords } from '../../protocol/split-records.ts';
import { createMarker, MarkerReader } from '../../record/marker.ts';
import { excerpt } from '../../redact.ts';
import type { UserTable } from '../../user-table.ts';
import { NO_ANSWER, OpeningSteps, REASON_CHARACTERS } from '../clients/opening-steps.ts';
import { type BundledMarker, isRefusal, tellBundle, tellRecord } from '../clients/tell-bundle.ts';
import type { Connection, Connector, Refusal } from '../connection.ts';
import type { HostGuard } from '../hosts/host-guard.ts';
import { createHttpConnector } from '../http/http-connector.ts';
import { createHttpSender, type HttpSender } from '../http/http-sender.ts';
import { UserSession } from '../login/client-session.ts';
import { logIn } from '../login/log-in.ts';
import type { RequestHttp } from '../login/request-http.ts';
import { findSharedTokens } from './find-shared-tokens.ts';
import { createLoggingConnector, type Log, type ProbeEvent } from './probe-log.ts';

export interface ProbeEnvironment {
  readonly connector: Connector;
  /** Where HTTP requests may go; the connector has its own. */
  readonly hosts: HostGuard;
  readonly clock: Clock;
  /** For a connection, a step of the opening, and the message each. */
  readonly timeoutUs: number;
  readonly requestHttp: RequestHttp;
  /** Who the two users are: the first two rows; null: known by number alone. */
  readonly users: UserTable | null;
}

/** One message at one user. */
export interface Arrival {
  readonly sequence: number;
  readonly atUs: number;
}

/** What a few messages between two users, sent at once, showed; what it means is `concludeProbe`'s to say. */
export interface ProbeOutcome {
  readonly events: readonly ProbeEvent[];
  /** Why a connection could not be opened, and whose; that of user 0 is the first. */
  readonly refusal: (Refusal & { readonly user: number }) | null;
  /** Why a user could not join: the step, from 1, and what came instead. */
  readonly stuck: { readonly user: number; readonly step: number; readonly reason: string } | null;
  /** Connections that the server closed after the user had joined, and what it said. */
  readonly ended: readonly { readonly user: number; readonly reason: string }[];
  /** Where both users have the same token, such as "header Authorization". */
  readonly shared: readonly string[];
  /** When the messages went out; null: they did not. The other times are later ones. */
  readonly sentAtUs: number | null;
  /** What reached user 0 (the sender) and user 1, each time that it did. */
  readonly arrived: readonly [readonly Arrival[], readonly Arrival[]];
  /** The first acknowledgement of each message. */
  readonly acked: readonly Arrival[];
  /** Frames that held several messages or acknowledgements; `isUntold`: nothing tells what each of them is. */
  readonly bundles: readonly { readonly text: string; readonly isUntold: boolean }[];
  /** What refused a message, the first one; `status` is that of an HTTP answer, null where none came, and absent where a frame said so. */
  readonly rejected: { readonly text: string; readonly status?: number | null } | null;
  /** The messages go out as this HTTP request, such as "POST http://…"; null: as a frame. */
  readonly request: string | null;
  /** Frames with the marker that no rule takes for a message, an acknowledgement or an error; by user. */
  readonly misread: readonly { readonly user: number; readonly kind: string; readonly text: string }[];
  /** Frames without the marker that a rule takes for an acknowledgement. */
  readonly unmarkedAcks: readonly string[];
}

const PAYLOAD_BYTES = 61;
/** Sent in one write, so that a server that gathers what it sends gets to do so. */
export const PROBE_SEQUENCES: readonly number[] = [1, 2, 3];

/** After all that was expected: what comes twice, or to whom it should not, comes soon. */
const GRACE_US = 300_000;
const POLL_US = 5_000;

/** Connects two users, sends three messages at once in their room, and writes down every frame. Never throws for what a server does. */
export async function probeServer(
  endpoint: string,
  protocol: ChatProtocol,
  environment: ProbeEnvironment,
): Promise<ProbeOutcome> {
  const probe = new Probe(protocol, environment);
  try {
    await probe.run(endpoint);
  } finally {
    await probe.close();
  }
  return probe.outcome;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

class Probe {
  readonly outcome: Mutable<ProbeOutcome>;
  readonly #events: ProbeEvent[] = [];
  readonly #arrived: [Arrival[], Arrival[]] = [[], []];
  readonly #acked: Arrival[] = [];
  readonly #ended: { user: number; reason: string }[] = [];
  #firstOpening: Opening | null = null;
  readonly #bundles: { text: string; isUntold: boolean }[] = [];
  /** Of this probe alone: a server may greet with the messages of another. */
  readonly #runId = drawRunId();
  readonly #misread: { user: number; kind: string; text: string }[] = [];
  readonly #unmarkedAcks: string[] = [];
  readonly #protocol: ChatProtocol;
  readonly #environment: ProbeEnvironment;
  readonly #readSequences: ReturnType<typeof sequencesReader>;
  readonly #marker = new MarkerReader(this.#runId);
  readonly #connections: Connection[] = [];
  readonly #beganUs: number;
  #requests: HttpSender | null = null;
  /** What is broken off at the end is no answer of the server. */
  #isOver = false;

  constructor(protocol: ChatProtocol, environment: ProbeEnvironment) {
    this.#protocol = protocol;
    this.#readSequences = sequencesReader(protocol);
    this.#environment = environment;
    this.#beganUs = environment.clock.nowUs();
    this.outcome = {
      events: this.#events,
      refusal: null,
      stuck: null,
      ended: this.#ended,
      shared: [],
      sentAtUs: null,
      arrived: this.#arrived,
      acked: this.#acked,
      bundles: this.#bundles,
      rejected: null,
      request: null,
      misread: this.#misread,
      unmarkedAcks: this.#unmarkedAcks,
    };
  }

  async run(endpoint: string): Promise<void> {
    const users = [0, 1].map((user) => this.#identify(user, endpoint));
    const encode = () => this.#protocol.encodeSend(users[0]!, createMarker(this.#runId, 0), PAYLOAD_BYTES);
    const { request } = encode();
    if (request !== undefined) {
      this.outcome.request = `${request.method} ${request.url}`;
      // How long an answer is waited for is the probe's to say: the sender does not give up before it.
      this.#requests = createHttpSender(2 * (this.#environment.timeoutUs + GRACE_US), this.#environment.hosts);
    }
    for (const user of users) if (!(await this.#logIn(user)) || !(await this.#join(user))) return;
    this.outcome.sentAtUs = this.#nowUs();
    const payloads = PROBE_SEQUENCES.map(() => 0);
    this.#connections[0]!.sendMessages([encode()], 0, PROBE_SEQUENCES, payloads, () => {});
    await this.#waitForAll();
  }

  async close(): Promise<void> {
    this.#isOver = true;
    for (const connection of this.#connections) connection.close();
    await this.#requests?.close();
  }

  #identify(user: number, endpoint: string): ClientIdentity {
    const { users } = this.#environment;
    const session = this.#protocol.hasSessions ? { session: new UserSession(users, user) } : {};
    return { client: user, room: 0, endpoint, ...session };
  }

  /** False where the server does not let the user in. */
  async #logIn(identity: ClientIdentity): Promise<boolean> {
    const { login = null } = this.#protocol;
    if (login === null) return true;
    const refusal = await logIn(identity, login, async (request) => {
      this.#log(identity.client, 'note', `${request.method} ${request.url}`, 'logs in');
      return this.#environment.requestHttp(request);
    });
    if (refusal === null) return true;
    this.#log(identity.client, 'note', `${refusal.outcome}: ${refusal.detail}`, 'not let in');
    this.outcome.refusal = { ...refusal, user: identity.client };
    return false;
  }

  /** False where the user could not connect or join. */
  async #join(identity: ClientIdentity): Promise<boolean> {
    const user = identity.client;
    const { clock, timeoutUs } = this.#environment;
    const log: Log = (direction, text, meaning) => {
      this.#log(user, direction, text, meaning);
    };
    const opening = this.#protocol.open(identity);
    const steps = new OpeningSteps(opening, this.#protocol);
    const ended = this.#ended;
    let hasJoined = false;
    const outcome = await this.#connector(log).connect(opening, timeoutUs, {
      onFrame: this.#takeRecords(user, steps),
      onClose(reason) {
        log('note', reason, 'closed by the server');
        if (hasJoined) ended.push({ user, reason });
        steps.fail(reason);
      },
    });
    if (outcome.outcome !== 'ok') {
      this.#compareTokens(opening);
      log('note', `${outcome.outcome}: ${outcome.detail}`, 'not connected');
      this.outcome.refusal = { ...outcome, user };
      return false;
    }
    this.#connections[user] = outcome.connection;
    steps.begin(outcome.connection);
    const reason = await steps.within(clock, timeoutUs);
    if (reason !== null) this.outcome.stuck = { user, step: steps.current, reason: reason === NO_ANSWER ? '' : reason };
    else log('note', '', 'joined');
    hasJoined = reason === null;
    this.#compareTokens(opening);
    return reason === null;
  }

  /** Of the second user's opening with the first's. What a later step sends is known once it was its turn. */
  #compareTokens(opening: Opening): void {
    if (this.#firstOpening === null) this.#firstOpening = opening;
    else this.outcome.shared = findSharedTokens(this.#firstOpening, opening);
  }

  #connector(log: Log): Connector {
    const { connector } = this.#environment;
    const { request } = this.outcome;
    if (this.#requests === null || request === null) return createLoggingConnector(connector, log);
    const byHttp = createHttpConnector(connector, this.#requests, {
      onAnswer: (sequence, outcome, status, answer) => {
        if (this.#isOver) return;
        const isTaken = outcome === 'taken';
        log('in', request, isTaken ? `acknowledged: ${answer}` : status === null ? answer : `refused: ${answer}`);
        if (isTaken) this.#acknowledge(sequence);
        else this.outcome.rejected ??= { text: `${request}: ${answer}`, status };
      },
    });
    return createLoggingConnector(byHttp, log);
  }

  /** A frame's records one by one; how many of them tell of a message shows whether the server joins them. */
  #takeRecords(user: number, steps: OpeningSteps): (frame: Buffer) => void {
    let told = 0;
    const takeRecord = byRecord(this.#protocol, (record) => {
      if (this.#receive(user, record, steps)) told++;
    });
    return (frame) => {
      told = 0;
      const copy = Buffer.from(frame);
      takeRecord(copy);
      if (told > 1) this.#bundles.push({ text: copy.toString(), isUntold: false });
    };
  }

  /** Whether the frame told of a message of this probe, in whatever way. */
  #receive(user: number, frame: Buffer, steps: OpeningSteps): boolean {
    // Written down before it is acted upon: what is sent because of it comes after it.
    const event = this.#log(user, 'in', frame.toString(), '');
    const rule = this.#protocol.explain?.(frame) ?? null;
    const step = steps.current;
    if (steps.takeReady(frame)) {
      event.meaning = `ready: step ${step} of the opening`;
      return false;
    }
    const markers = this.#readMarkers(user, frame);
    const numbers = (this.#readSequences?.(frame) ?? []).filter((sequence) => PROBE_SEQUENCES.includes(sequence));
    event.meaning = this.#recognise(user, frame, markers, numbers, steps) + (rule === null ? '' : ` (${rule})`);
    return markers.length + numbers.length > 0;
  }

  #readMarkers(user: number, frame: Buffer): readonly BundledMarker[] {
    const found = new Map<number, BundledMarker>();
    const marker = this.#marker;
    for (let isFound = marker.read(frame); isFound; isFound = marker.readNext(frame)) {
      const { shard, sequence, room } = marker;
      found.set(sequence, { shard, sequence, room, sender: user === 0 ? 'self' : 'other' });
    }
    return [...found.values()];
  }

  #recognise(
    user: number,
    frame: Buffer,
    markers: readonly BundledMarker[],
    numbers: readonly number[],
    steps: OpeningSteps,
  ): string {
    const protocol = this.#protocol;
    const [marker] = markers;
    const [number] = numbers;
    if (new Set([...markers.map(({ sequence }) => sequence), ...numbers]).size > 1)
      return this.#recogniseBundle(user, frame, markers, numbers);
    const kind = protocol.classify(frame);
    if (number !== undefined && (kind === 'ack' || marker === undefined) && !isRefusal(kind)) {
      this.#acknowledge(number);
      return 'acknowledgement of the message, by its number';
    }
    if (marker !== undefined) return this.#recogniseMarked(user, frame, kind, marker.sequence);
    const answer = protocol.answer?.(frame) ?? null;
    if (answer !== null) {
      this.#connections[user]?.sendText(answer, typeof answer !== 'string');
      return 'wants an answer';
    }
    if (isRefusal(kind)) {
      steps.fail(excerpt(frame, REASON_CHARACTERS));
      this.outcome.rejected ??= { text: frame.toString() };
      return number === undefined ? 'error' : 'error, by the number of the message';
    }
    if (kind !== 'ack') return kind === 'ready' ? 'ready, though nothing waits for it' : 'unrecognised';
    if (this.outcome.sentAtUs !== null) this.#unmarkedAcks.push(frame.toString());
    return 'acknowledgement, without the marker';
  }

  #recogniseMarked(user: number, frame: Buffer, kind: FrameKind, sequence: number): string {
    const text = frame.toString();
    if (kind === 'message') this.#arrive(user, sequence);
    else if (kind === 'ack') this.#acknowledge(sequence);
    else if (isRefusal(kind)) this.outcome.rejected ??= { text };
    if (kind === 'other' || kind === 'ready' || (kind === 'ack' && user === 1))
      this.#misread.push({ user, kind, text });
    const name = {
      message: 'message',
      ack: 'acknowledgement',
      error: 'error',
      limited: 'beyond the quota',
      ready: 'unrecognised',
      other: 'unrecognised',
    };
    return `${name[kind]}, with the marker`;
  }

  #recogniseBundle(user: number, frame: Buffer, markers: readonly BundledMarker[], numbers: readonly number[]): string {
    const { senderReceives, acknowledges } = this.#protocol;
    const kind = this.#protocol.classify(frame);
    const text = frame.toString();
    const bundle = { kind, markers, numbers };
    const rules = { senderReceives, acknowledgesByMarker: acknowledges && this.#readSequences === null };
    const told = hasRecords(this.#protocol) ? tellRecord(bundle) : tellBundle(bundle, rules);
    for (const { sequence } of told.delivered) this.#arrive(user, sequence);
    for (const sequence of told.acknowledged) this.#acknowledge(sequence);
    if (told.refused.length > 0) this.outcome.rejected ??= { text };
    if (kind === 'other' || kind === 'ready') this.#misread.push({ user, kind, text });
    this.#bundles.push({ text, isUntold: told.isUntold });
    const counts = [
      [told.delivered.length, 'messages'],
      [told.acknowledged.length, 'acknowledgements'],
      [told.refused.length, 'errors'],
      [told.isUntold ? 1 : 0, 'what cannot be told'],
    ] as const;
    const parts = counts.flatMap(([count, name]) => (count === 0 ? [] : [`${count} ${name}`]));
    return `several in one frame: ${parts.length === 0 ? 'unrecognised' : parts.join(', ')}`;
  }

  #arrive(user: number, sequence: number): void {
    this.#arrived[user as 0 | 1].push({ sequence, atUs: this.#nowUs() });
  }

  #acknowledge(sequence: number): void {
    if (this.#acked.some((ack) => ack.sequence === sequence)) return;
    this.#acked.push({ sequence, atUs: this.#nowUs() });
  }

  async #waitForAll(): Promise<void> {
    const { clock, timeoutUs } = this.#environment;
    const { acknowledges, senderReceives, name } = this.#protocol;
    const isComplete = () =>
      (name === 'echo' || isWhole(this.#arrived[1])) &&
      (!senderReceives || isWhole(this.#arrived[0])) &&
      (!acknowledges || isWhole(this.#acked));
    const beganUs = clock.nowUs();
    while (!isComplete() && clock.nowUs() - beganUs < timeoutUs) await pause(clock, POLL_US);
    await pause(clock, GRACE_US);
  }

  #log(user: number, direction: ProbeEvent['direction'], text: string, meaning: string): Mutable<ProbeEvent> {
    const event = { atUs: this.#nowUs(), user, direction, text, meaning };
    this.#events.push(event);
    return event;
  }

  #nowUs(): number {
    return this.#environment.clock.nowUs() - this.#beganUs;
  }
}

/** Every message of the probe is among them. */
function isWhole(arrivals: readonly Arrival[]): boolean {
  return PROBE_SEQUENCES.every((wanted) => arrivals.some(({ sequence }) => sequence === wanted));
}

function drawRunId(): string {
  return Math.floor(Math.random() * 36 ** 4)
    .toString(36)
    .padStart(4, '0');
}
