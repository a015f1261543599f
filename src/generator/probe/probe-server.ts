import { type Clock, pause } from '../../clock.ts';
import type { ChatProtocol } from '../../protocol/chat-protocol.ts';
import { createMarker, MarkerReader } from '../../record/marker.ts';
import { excerpt } from '../../redact.ts';
import { NO_ANSWER, OpeningSteps, REASON_CHARACTERS } from '../clients/opening-steps.ts';
import type { Connection, Connector, Refusal } from '../connection.ts';
import type { HostGuard } from '../hosts/host-guard.ts';
import { createHttpConnector } from '../http/http-connector.ts';
import { createHttpSender, type HttpSender } from '../http/http-sender.ts';
import { createLoggingConnector, type Log, type ProbeEvent } from './probe-log.ts';

export interface ProbeEnvironment {
  readonly connector: Connector;
  /** Where HTTP requests may go; the connector has its own. */
  readonly hosts: HostGuard;
  readonly clock: Clock;
  /** For a connection, a step of the opening, and the message each. */
  readonly timeoutUs: number;
}

/** What one message between two users showed; what it means is `concludeProbe`'s to say. */
export interface ProbeOutcome {
  readonly events: readonly ProbeEvent[];
  /** Why a connection could not be opened, and whose; that of user 0 is the first. */
  readonly refusal: (Refusal & { readonly user: number }) | null;
  /** Why a user could not join: the step, from 1, and what came instead. */
  readonly stuck: { readonly user: number; readonly step: number; readonly reason: string } | null;
  /** When the message went out; null: it did not. The other times are later ones. */
  readonly sentAtUs: number | null;
  /** When it reached user 0 (its sender) and user 1, each time that it did. */
  readonly arrivedAtUs: readonly [readonly number[], readonly number[]];
  readonly ackedAtUs: number | null;
  /** What refused the message; `status` is that of an HTTP answer, null where none came, and absent where a frame said so. */
  readonly rejected: { readonly text: string; readonly status?: number | null } | null;
  /** The message goes out as this HTTP request, such as "POST http://…"; null: as a frame. */
  readonly request: string | null;
  /** Frames with the marker that no rule takes for a message, an acknowledgement or an error; by user. */
  readonly misread: readonly { readonly user: number; readonly kind: string; readonly text: string }[];
  /** Frames without the marker that a rule takes for an acknowledgement. */
  readonly unmarkedAcks: readonly string[];
}

const RUN_ID = 'prob';
const PAYLOAD_BYTES = 61;
const SEQUENCE = 1;

/** After all that was expected: what comes twice, or to whom it should not, comes soon. */
const GRACE_US = 300_000;
const POLL_US = 5_000;

/** Connects two users, sends one message in their room, and writes down every frame. Never throws for what a server does. */
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
  readonly #arrived: [number[], number[]] = [[], []];
  readonly #misread: { user: number; kind: string; text: string }[] = [];
  readonly #unmarkedAcks: string[] = [];
  readonly #protocol: ChatProtocol;
  readonly #environment: ProbeEnvironment;
  readonly #marker = new MarkerReader(RUN_ID);
  readonly #connections: Connection[] = [];
  readonly #beganUs: number;
  #requests: HttpSender | null = null;
  /** What is broken off at the end is no answer of the server. */
  #isOver = false;

  constructor(protocol: ChatProtocol, environment: ProbeEnvironment) {
    this.#protocol = protocol;
    this.#environment = environment;
    this.#beganUs = environment.clock.nowUs();
    this.outcome = {
      events: this.#events,
      refusal: null,
      stuck: null,
      sentAtUs: null,
      arrivedAtUs: this.#arrived,
      ackedAtUs: null,
      rejected: null,
      request: null,
      misread: this.#misread,
      unmarkedAcks: this.#unmarkedAcks,
    };
  }

  async run(endpoint: string): Promise<void> {
    const template = this.#protocol.encodeSend(
      { client: 0, room: 0, endpoint },
      createMarker(RUN_ID, 0),
      PAYLOAD_BYTES,
    );
    if (template.request !== undefined) {
      this.outcome.request = `${template.request.method} ${template.request.url}`;
      // How long an answer is waited for is the probe's to say: the sender does not give up before it.
      this.#requests = createHttpSender(2 * (this.#environment.timeoutUs + GRACE_US), this.#environment.hosts);
    }
    for (const user of [0, 1]) if (!(await this.#join(user, endpoint))) return;
    this.outcome.sentAtUs = this.#nowUs();
    this.#connections[0]!.sendMessages([template], 0, [SEQUENCE], [0], () => {});
    await this.#waitForAll();
  }

  async close(): Promise<void> {
    this.#isOver = true;
    for (const connection of this.#connections) connection.close();
    await this.#requests?.close();
  }

  /** False where the user could not connect or join. */
  async #join(user: number, endpoint: string): Promise<boolean> {
    const { clock, timeoutUs } = this.#environment;
    const log: Log = (direction, text, meaning) => {
      this.#log(user, direction, text, meaning);
    };
    const opening = this.#protocol.open({ client: user, room: 0, endpoint });
    const steps = new OpeningSteps(opening, this.#protocol);
    const outcome = await this.#connector(log).connect(opening, timeoutUs, {
      onFrame: (frame) => this.#receive(user, Buffer.from(frame), steps),
      onClose(reason) {
        log('note', reason, 'closed by the server');
        steps.fail(reason);
      },
    });
    if (outcome.outcome !== 'ok') {
      log('note', `${outcome.outcome}: ${outcome.detail}`, 'not connected');
      this.outcome.refusal = { ...outcome, user };
      return false;
    }
    this.#connections[user] = outcome.connection;
    steps.begin(outcome.connection);
    const reason = await steps.within(clock, timeoutUs);
    if (reason !== null) this.outcome.stuck = { user, step: steps.current, reason: reason === NO_ANSWER ? '' : reason };
    else log('note', '', 'joined');
    return reason === null;
  }

  #connector(log: Log): Connector {
    const { connector } = this.#environment;
    const { request } = this.outcome;
    if (this.#requests === null || request === null) return createLoggingConnector(connector, log);
    const byHttp = createHttpConnector(connector, this.#requests, {
      onAnswer: (_sequence, outcome, status, answer) => {
        if (this.#isOver) return;
        const isTaken = outcome === 'taken';
        log('in', request, isTaken ? `acknowledged: ${answer}` : status === null ? answer : `refused: ${answer}`);
        if (isTaken) this.outcome.ackedAtUs = this.#nowUs();
        else this.outcome.rejected = { text: `${request}: ${answer}`, status };
      },
    });
    return createLoggingConnector(byHttp, log);
  }

  #receive(user: number, frame: Buffer, steps: OpeningSteps): void {
    // Written down before it is acted upon: what is sent because of it comes after it.
    const event = this.#log(user, 'in', frame.toString(), '');
    const rule = this.#protocol.explain?.(frame) ?? null;
    const step = steps.current;
    if (steps.takeReady(frame)) event.meaning = `ready: step ${step} of the opening`;
    else event.meaning = this.#recognise(user, frame, steps) + (rule === null ? '' : ` (${rule})`);
  }

  #recognise(user: number, frame: Buffer, steps: OpeningSteps): string {
    const protocol = this.#protocol;
    if (this.#marker.read(frame)) return this.#recogniseMarked(user, frame);
    if ((protocol.readSequence?.(frame) ?? -1) === SEQUENCE) {
      this.outcome.ackedAtUs ??= this.#nowUs();
      return 'acknowledgement of the message, by its number';
    }
    const answer = protocol.answer?.(frame) ?? null;
    if (answer !== null) {
      this.#connections[user]?.sendText(answer);
      return 'wants an answer';
    }
    const kind = protocol.classify(frame);
    if (kind === 'error') {
      steps.fail(excerpt(frame, REASON_CHARACTERS));
      this.outcome.rejected ??= { text: frame.toString() };
      return 'error';
    }
    if (kind !== 'ack') return kind === 'ready' ? 'ready, though nothing waits for it' : 'unrecognised';
    if (this.outcome.sentAtUs !== null) this.#unmarkedAcks.push(frame.toString());
    return 'acknowledgement, without the marker';
  }

  #recogniseMarked(user: number, frame: Buffer): string {
    const text = frame.toString();
    const kind = this.#protocol.classify(frame);
    if (kind === 'message') this.#arrived[user as 0 | 1].push(this.#nowUs());
    else if (kind === 'ack') this.outcome.ackedAtUs ??= this.#nowUs();
    else if (kind === 'error' || kind === 'limited') this.outcome.rejected ??= { text };
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

  async #waitForAll(): Promise<void> {
    const { clock, timeoutUs } = this.#environment;
    const { acknowledges, senderReceives, name } = this.#protocol;
    const isComplete = () =>
      (name === 'echo' || this.#arrived[1].length > 0) &&
      (!senderReceives || this.#arrived[0].length > 0) &&
      (!acknowledges || this.outcome.ackedAtUs !== null);
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
