import type { Clock } from '../../clock.ts';
import type { ChatProtocol, Opening, OpeningStep } from '../../protocol/chat-protocol.ts';
import { excerpt } from '../../redact.ts';
import type { Connection } from '../connection.ts';

/**
 * One client's way through the steps of an opening: sends what a step sends, and waits for what it waits for. Frames may come
 * before the steps begin: a server that greets may do so with the handshake.
 */
export class OpeningSteps {
  readonly #steps: readonly OpeningStep[];
  readonly #protocol: ChatProtocol;
  readonly #settled = Promise.withResolvers<string | null>();
  #current = 0;
  #missing: number;
  #connection: Connection | null = null;

  constructor(opening: Opening, protocol: ChatProtocol) {
    this.#steps = [opening, ...(opening.furtherSteps ?? [])];
    this.#protocol = protocol;
    this.#missing = opening.readyFrames;
  }

  /** The step that is under way, from 1. */
  get current(): number {
    return this.#current + 1;
  }

  /** The WebSocket is open. */
  begin(connection: Connection): void {
    this.#connection = connection;
    this.#send();
    this.#advance();
  }

  /** True where the frame was one that the current step waits for, a refusal, or one to be answered in between. */
  take(frame: Buffer): boolean {
    if (this.takeReady(frame)) return true;
    if (this.#steps[this.#current] === undefined) return false;
    if (this.#protocol.classify(frame) === 'error') {
      this.fail(excerpt(frame, REASON_CHARACTERS));
      return true;
    }
    const answer = this.#protocol.answer?.(frame) ?? null;
    if (answer !== null) this.#connection?.sendText(answer, typeof answer !== 'string');
    return answer !== null;
  }

  /** True where the frame is one that the current step waits for. */
  takeReady(frame: Buffer): boolean {
    const step = this.#steps[this.#current];
    if (step === undefined || this.#missing === 0) return false;
    const isReady = step.isReady?.(frame) ?? this.#protocol.classify(frame) === 'ready';
    if (!isReady) return false;
    const failure = step.onReady?.(frame) ?? null;
    if (failure !== null) {
      this.fail(failure);
      return true;
    }
    this.#missing--;
    this.#advance();
    return true;
  }

  fail(reason: string): void {
    this.#settled.resolve(reason);
  }

  /** Null once all steps are taken, or why they are not. */
  async within(clock: Clock, timeoutUs: number): Promise<string | null> {
    const cancel = clock.after(timeoutUs, () => this.fail(NO_ANSWER));
    const failure = await this.#settled.promise;
    cancel();
    return failure;
  }

  #advance(): void {
    while (this.#connection !== null && this.#missing === 0) {
      const next = this.#steps[++this.#current];
      if (next === undefined) {
        this.#settled.resolve(null);
        return;
      }
      this.#missing = next.readyFrames;
      this.#send();
    }
  }

  #send(): void {
    for (const frame of this.#steps[this.#current]?.frames ?? []) {
      this.#connection?.sendText(frame, typeof frame !== 'string');
    }
  }
}

/** As much as is told of a refusal. */
export const REASON_CHARACTERS = 200;

export const NO_ANSWER = 'no answer';
