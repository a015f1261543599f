import { type Clock, pause } from '../../clock.ts';
import { listSetCookies } from '../../list-set-cookies.ts';
import { asHttp } from '../../protocol/as-http.ts';
import { STREAM } from '../../random.ts';
import { type JourneyRecorder, WHOLE_JOURNEY } from '../../record/journey-recorder.ts';
import { excerpt } from '../../redact.ts';
import { drawUnit } from '../clients/spread-clients.ts';
import type { VirtualClient } from '../clients/virtual-client.ts';
import type { Readiness } from '../load/create-sender.ts';
import type { RequestHttp } from '../login/request-http.ts';
import type { Journey, JourneyAnswer, JourneyClient, JourneyRequest, JourneyRule } from './journey.ts';
import { matchFrame } from './match-frame.ts';

/** What a journey acts through, the same for all clients of a shard. */
export interface JourneyStage {
  readonly clock: Clock;
  readonly seed: number;
  readonly recorder: JourneyRecorder;
  readonly requestHttp: RequestHttp;
  readonly timeoutUs: number;
  /** The run goes on, and measure with it. */
  isOn(): boolean;
  /** What is begun now counts. */
  isMeasured(): boolean;
  /** By how much the generator stood still since then, µs. */
  stoodStillUs(sinceUs: number): number;
  /** Yields the message's sequence; null where it cannot be sent, which is counted. */
  send(seat: number): number | null;
  readinessOf(seat: number): Readiness;
  /** Somebody is still to get the message. */
  isAwaited(sequence: number): boolean;
  leave(client: VirtualClient): boolean;
  comeBack(client: VirtualClient): Promise<void>;
}

/** How often one that cannot send is looked at, and how long one rests whose journey has failed, µs. */
const HELD_UP_US = 10_000;
const REST_US = 100_000;
/** A journey that waits for nothing is begun again no sooner. */
const LEAST_PASS_US = 1_000;
const REASON_CHARACTERS = 120;

/** What never comes: the journey goes no further, and is forgotten with whatever it held. */
const never = () => new Promise<never>(() => {});

/** One client's journeys, one after the other. */
export class ClientJourney implements JourneyClient {
  pass = 0;
  readonly #client: VirtualClient;
  readonly #stage: JourneyStage;
  readonly #waiting = new Set<(frame: Buffer) => void>();
  /** The messages that are waited for, by their sequences. */
  readonly #awaited = new Map<number, () => void>();
  #draws = 0;
  #isAway = false;

  constructor(client: VirtualClient, stage: JourneyStage) {
    this.#client = client;
    this.#stage = stage;
  }

  get number(): number {
    return this.#client.identity.client;
  }

  get room(): number {
    return this.#client.identity.room;
  }

  get rooms(): readonly number[] {
    return this.#client.seats.map(({ room }) => room);
  }

  /** Begins the journey again and again, and settles never; nothing goes on once the stage is not on any more. */
  async run(journey: Journey): Promise<void> {
    const { clock, recorder } = this.#stage;
    for (; this.#stage.isOn(); this.pass++) {
      const beganUs = clock.nowUs();
      const isMeasured = this.#stage.isMeasured();
      try {
        await this.#time(WHOLE_JOURNEY, () => journey(this));
      } catch (error) {
        if (isMeasured) recorder.noteFailure(excerpt(String(error).split('\n', 1)[0]!, REASON_CHARACTERS));
        await pause(clock, REST_US);
      }
      if (clock.nowUs() - beganUs < LEAST_PASS_US) await pause(clock, LEAST_PASS_US);
    }
  }

  /** A frame has come. */
  notice(frame: Buffer): void {
    for (const look of [...this.#waiting]) look(frame);
  }

  /** All recipients have this message, or nobody is to get it any more. */
  complete(sequence: number): void {
    this.#awaited.get(sequence)?.();
  }

  /** Somebody has left: what was for nobody else is waited for in vain. */
  review(): void {
    for (const [sequence, settle] of [...this.#awaited]) if (!this.#stage.isAwaited(sequence)) settle();
  }

  value(name: string): string | undefined {
    return this.#client.identity.session?.value(name);
  }

  random(): number {
    return drawUnit(this.#stage.seed, STREAM.journey, this.number, this.#draws++);
  }

  async send(room = this.room): Promise<boolean> {
    const seat = this.#seatIn(room);
    await this.#goOn();
    const { clock, timeoutUs } = this.#stage;
    const sequence = this.#isAway ? null : this.#stage.send(seat);
    if (sequence === null) {
      await this.#becomeReady(seat);
      return false;
    }
    if (!this.#stage.isAwaited(sequence)) return this.#goOn(true);
    const isComplete = await new Promise<boolean>((resolve) => {
      const settle = (outcome: boolean) => {
        this.#awaited.delete(sequence);
        cancel();
        resolve(outcome);
      };
      const cancel = clock.after(timeoutUs, () => settle(false));
      this.#awaited.set(sequence, () => settle(true));
    });
    return this.#goOn(isComplete);
  }

  await(rule: JourneyRule, timeoutMs = this.#stage.timeoutUs / 1000): Promise<string> {
    const matches = matchFrame(rule);
    const found = new Promise<string>((resolve, reject) => {
      const look = (frame: Buffer) => {
        if (!matches(frame)) return;
        end();
        const text = frame.toString();
        void this.#goOn().then(() => resolve(text));
      };
      const cancel = this.#stage.clock.after(timeoutMs * 1000, () => {
        end();
        const reason = new Error(`no frame ${describe(rule)} within ${timeoutMs} ms`);
        void this.#goOn().then(() => reject(reason));
      });
      const end = () => {
        cancel();
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
    });
    // It may be begun before what it waits for is brought about, and fail before anybody looks.
    found.catch(() => {});
    return found;
  }

  async think(leastMs: number, mostMs = leastMs): Promise<void> {
    const drawn = mostMs > leastMs ? leastMs + this.random() * (mostMs - leastMs) : leastMs;
    await pause(this.#stage.clock, Math.max(0, Math.round(drawn * 1000)));
    await this.#goOn();
  }

  async http({
    url,
    headers = {},
    body,
    method = body === undefined ? 'GET' : 'POST',
  }: JourneyRequest): Promise<JourneyAnswer> {
    await this.#goOn();
    const { session, endpoint } = this.#client.identity;
    const address = new URL(url, new URL(asHttp(endpoint)).origin).href;
    const cookie = session?.cookieFor(address) ?? null;
    const isText = body === undefined || typeof body === 'string';
    const answer = await this.#stage.requestHttp({
      method,
      url: address,
      headers: {
        ...(isText ? {} : { 'content-type': 'application/json' }),
        ...(cookie === null ? {} : { cookie }),
        ...headers,
      },
      body: isText ? (body ?? null) : JSON.stringify(body),
    });
    await this.#goOn();
    if (answer.outcome !== 'answered') throw new Error(`${method} ${new URL(address).pathname}: ${answer.detail}`);
    const { status, text } = answer;
    session?.takeCookies(address, listSetCookies(answer.headers['set-cookie']));
    return { status, headers: answer.headers, text, json: () => JSON.parse(text) as unknown };
  }

  async leave(room = this.room): Promise<void> {
    this.#seatIn(room);
    await this.#goOn();
    if (!this.#isAway) this.#isAway = this.#stage.leave(this.#client);
  }

  async join(room = this.room): Promise<void> {
    this.#seatIn(room);
    await this.#goOn();
    if (!this.#isAway) return;
    await this.#stage.comeBack(this.#client);
    this.#isAway = false;
    await this.#goOn();
  }

  async step<Value>(name: string, work: () => Value | Promise<Value>): Promise<Value> {
    if (name === WHOLE_JOURNEY)
      throw new TypeError(`client.step: "${name}" is what the whole is called: expected another name`);
    if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name))
      throw new TypeError(`client.step: expected a short name of a–z, 0–9 and -, got ${JSON.stringify(name)}`);
    return this.#time(name, work);
  }

  async #time<Value>(name: string, work: () => Value | Promise<Value>): Promise<Value> {
    await this.#goOn();
    const { clock, recorder } = this.#stage;
    const beganUs = clock.nowUs();
    const isMeasured = this.#stage.isMeasured();
    if (isMeasured) recorder.begin(name);
    try {
      const value = await work();
      await this.#goOn();
      if (isMeasured) recorder.end(name, clock.nowUs() - beganUs, this.#stage.stoodStillUs(beganUs));
      return value;
    } catch (error) {
      await this.#goOn();
      if (isMeasured) recorder.fail(name);
      throw error;
    }
  }

  /** Nothing is told any more once measure is over. */
  #goOn(): Promise<void>;
  #goOn<Value>(value: Value): Promise<Value>;
  #goOn(value?: unknown): Promise<unknown> {
    return this.#stage.isOn() ? Promise.resolve(value) : never();
  }

  /** One that will never have a connection again has come to the end of its journey. */
  async #becomeReady(seat: number): Promise<void> {
    for (;;) {
      const readiness = this.#isAway ? 'held-up' : this.#stage.readinessOf(seat);
      if (readiness === 'gone') await never();
      await pause(this.#stage.clock, HELD_UP_US);
      await this.#goOn();
      if (readiness === 'ready' || this.#isAway) return;
    }
  }

  #seatIn(room: number): number {
    const seat = this.#client.seats.find((one) => one.room === room);
    if (seat !== undefined) return seat.number;
    const rooms = this.rooms.join(', ');
    throw new RangeError(
      `client ${this.number} is in ${this.rooms.length === 1 ? 'room' : 'rooms'} ${rooms}, not in room ${room}`,
    );
  }
}

function describe(rule: JourneyRule): string {
  if (typeof rule === 'function') return 'that the function wants';
  return `with ${excerpt(
    JSON.stringify(rule, (_key, value: unknown) => (value instanceof RegExp ? String(value) : value)),
    REASON_CHARACTERS,
  )}`;
}
