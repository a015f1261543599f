import type { Clock } from '../clock.ts';
import type { ChatProtocol, Opening, OpeningStep } from '../protocol/chat-protocol.ts';
import type { Connection, ConnectOutcome, Connector } from './connection.ts';
import type { VirtualClient } from './virtual-client.ts';

export interface ClientOpening {
  readonly protocol: ChatProtocol;
  readonly connector: Connector;
  readonly clock: Clock;
  readonly timeoutUs: number;
  onFrame(client: VirtualClient, frame: Buffer): void;
  /** A connection that had joined is gone. */
  onDropped(client: VirtualClient, reason: string): void;
}

/**
 * Opens a client's connection and joins it to its room. A failure is an outcome, never thrown.
 *
 * @param onOpen told the µs from the start to the open WebSocket, which includes no joining
 */
export async function openClient(
  client: VirtualClient,
  opening: ClientOpening,
  onOpen: (connectUs: number) => void,
): Promise<ConnectOutcome> {
  const { protocol, clock, timeoutUs } = opening;
  const plan = protocol.open(client.identity);
  const joining = new Joining(protocol, plan);
  let connection: Connection | null = null;
  const startUs = clock.nowUs();
  const outcome = await opening.connector.connect(plan, timeoutUs, {
    onFrame(frame) {
      if (joining.isOver || !joining.take(frame)) opening.onFrame(client, frame);
    },
    onClose(reason) {
      joining.fail(reason);
      if (connection !== null && client.connection === connection) opening.onDropped(client, reason);
    },
  });
  if (outcome.outcome !== 'ok') return outcome;
  onOpen(clock.nowUs() - startUs);
  const failure = await joining.join(outcome.connection, clock, timeoutUs);
  if (failure !== null) {
    outcome.connection.close();
    return { outcome: failure === NO_ANSWER ? 'timeout' : 'protocol', detail: `join: ${failure}` };
  }
  connection = outcome.connection;
  client.connection = connection;
  if (client.memory !== null) client.memory.hasJoined = true;
  return outcome;
}

const NO_ANSWER = 'no answer';

/** Goes through the steps of an opening: sends each one's frames and waits for those that answer them. */
class Joining {
  isOver = false;
  readonly #protocol: ChatProtocol;
  readonly #steps: readonly OpeningStep[];
  #step: OpeningStep;
  #missing: number;
  #failure: string | null = null;
  #wake: () => void = () => {};

  constructor(protocol: ChatProtocol, opening: Opening) {
    this.#protocol = protocol;
    this.#steps = [opening, ...(opening.furtherSteps ?? [])];
    // A server may greet before it is asked: the first step waits from the beginning.
    this.#step = opening;
    this.#missing = opening.readyFrames;
  }

  /** Yields null once the last step is over, or why it is not. Each step may take `timeoutUs`. */
  async join(connection: Connection, clock: Clock, timeoutUs: number): Promise<string | null> {
    for (const step of this.#steps) {
      if (step !== this.#step) this.#begin(step);
      for (const frame of step.frames) connection.sendText(frame);
      await this.#settled(clock, timeoutUs);
      if (this.#failure !== null) return this.#failure;
    }
    this.isOver = true;
    return null;
  }

  /** True where the frame was one that a step waits for, or refuses it. */
  take(frame: Buffer): boolean {
    const kind = this.#protocol.classify(frame);
    const isReady = this.#step.isReady?.(frame) ?? kind === 'ready';
    if (isReady) this.#missing--;
    else if (kind === 'error') this.#failure ??= frame.toString('utf8', 0, 200);
    else return false;
    if (this.#missing <= 0 || this.#failure !== null) this.#wake();
    return true;
  }

  fail(reason: string): void {
    this.#failure ??= reason;
    this.#wake();
  }

  #begin(step: OpeningStep): void {
    this.#step = step;
    this.#missing = step.readyFrames;
  }

  #settled(clock: Clock, timeoutUs: number): Promise<void> {
    if (this.#missing <= 0 || this.#failure !== null) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = clock.after(timeoutUs, () => this.fail(NO_ANSWER));
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
