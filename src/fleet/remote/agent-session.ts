import type { Clock } from '../../clock.ts';
import { boundClockError, type ToldStart } from '../clock/clock-error.ts';
import { type BoundedOffset, type ClockLine, intervalOfPing, openClockLine } from '../clock/clock-line.ts';
import { BentBody, decodeBody, encodeBody } from './body-codec.ts';
import type { Engine } from './engine.ts';
import { LEASE_EVERY_US, LEASE_US, SILENCE_US, TICK_US } from './leases.ts';
import { type AgentHello, type FromAgent, parcelFromAgent, type ToAgent } from './messages.ts';
import { openReliableLink } from './reliable-link.ts';
import { repeatEvery } from './repeat-every.ts';
import { SUBJECTS } from './subjects.ts';

/** The controller's side of its conversation with one agent in one run. */
export interface AgentSession {
  readonly agent: AgentHello;
  send(message: ToAgent): void;
  /** From now on it may send load, and again for a while each time this side gives a sign of life. */
  grantLeases(): void;
  /** Settles once enough is known of its clock. */
  readonly clockKnown: Promise<void>;
  /** What is known of the agent's clock now: its time minus that of this side; null: nothing. */
  clockNow(): BoundedOffset | null;
  /** A time of this side's clock, on the agent's. */
  toAgentClock(ownUs: number): number;
  /** The run's start on the agent's clock: what it is told the first time is what it keeps to. */
  startOn(ownUs: number): number;
  /** How far its time since the start may be off at most, µs; 0 before a start, infinite where its clock has stepped. */
  clockErrorUs(): number;
  /** Shortest time to the agent and back, µs. */
  readonly roundTripUs: number;
  /** Settles with the reason where the agent is lost; never where it leaves in good order. */
  readonly lost: Promise<string>;
  lose(reason: string): void;
  /** Nothing more is expected of it. Idempotent. */
  leave(): void;
}

export interface SessionOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly run: string;
  readonly agent: AgentHello;
  onMessage(message: FromAgent): void;
}

/** Exchanges of times before an agent is told when to do anything: the shortest of some is near what the line can do. */
const FIRST_PINGS = 8;

export function openAgentSession({ engine, clock, run, agent, onMessage }: SessionOptions): AgentSession {
  const link = openReliableLink<ToAgent>((parcel) =>
    engine.publish(SUBJECTS.down(run, agent.id), encodeBody({ ...parcel, run })),
  );
  const clockKnown = Promise.withResolvers<void>();
  const lost = Promise.withResolvers<string>();
  let line: ClockLine = openClockLine();
  let start: ToldStart | null = null;
  let hasStepped = false;
  let roundTripUs = Number.POSITIVE_INFINITY;
  let pongs = 0;
  let silentTicks = 0;
  let ticks = 0;
  let hasLease = false;
  let isOver = false;

  const toAgentClock = (ownUs: number) => Math.round(ownUs + (line.at(ownUs)?.offsetUs ?? 0));
  const ping = () => link.mention({ type: 'ping', sentAtUs: clock.nowUs() });
  const lease = () => link.mention({ type: 'lease', untilUs: toAgentClock(clock.nowUs() + LEASE_US) });
  const notePong = ({ sentAtUs, receivedAtUs, answeredAtUs }: Extract<FromAgent, { type: 'pong' }>) => {
    const nowUs = clock.nowUs();
    // A time that this side never told, or an answer before its question, would be believed for ever.
    if (sentAtUs > nowUs || answeredAtUs < receivedAtUs || answeredAtUs - receivedAtUs > nowUs - sentAtUs) return;
    const interval = intervalOfPing(sentAtUs, receivedAtUs, answeredAtUs, nowUs);
    line.add(interval);
    if (line.at(nowUs) === null) {
      // One of the clocks has stepped: what was known of them is worth nothing.
      line = openClockLine();
      line.add(interval);
      hasStepped = start !== null;
    }
    roundTripUs = Math.min(roundTripUs, nowUs - sentAtUs);
    if (++pongs < FIRST_PINGS) ping();
    else clockKnown.resolve();
  };
  const take = (body: Uint8Array) => {
    if (isOver) return;
    silentTicks = 0;
    try {
      const parcel = decodeBody(parcelFromAgent, body);
      if (!link.accept(parcel)) return;
      const { message } = parcel;
      if (message.type === 'pong') notePong(message);
      else if (message.type !== 'beat') onMessage(message);
    } catch (error) {
      if (!(error instanceof BentBody)) throw error;
      lose(`sent what cannot be used: ${error.message}`);
    }
  };
  const tick = () => {
    ticks++;
    link.tick();
    // Ticks are counted and no clock is read: while this process stands still, nobody else is silent.
    if (++silentTicks * TICK_US > SILENCE_US) return lose(`gave no sign of life for ${SILENCE_US / 1e6} s`);
    if ((ticks * TICK_US) % LEASE_EVERY_US !== 0) return;
    ping();
    if (hasLease) lease();
  };
  const unsubscribe = engine.subscribe(SUBJECTS.up(run, agent.id), take);
  const stopTicks = repeatEvery(clock, TICK_US, tick);

  function leave(): void {
    if (isOver) return;
    isOver = true;
    // Should it live although it was lost, it need not wait for its lease to end.
    link.mention({ type: 'leave' });
    unsubscribe();
    stopTicks();
  }
  function lose(reason: string): void {
    if (isOver) return;
    leave();
    lost.resolve(`agent ${agent.name} ${reason}`);
  }
  ping();
  return {
    agent,
    send: link.send,
    grantLeases() {
      hasLease = true;
      lease();
    },
    clockKnown: clockKnown.promise,
    clockNow: () => line.at(clock.nowUs()),
    toAgentClock,
    startOn(ownUs) {
      start ??= { ownUs, otherUs: toAgentClock(ownUs) };
      return start.otherUs;
    },
    clockErrorUs() {
      if (start === null) return 0;
      const errorUs = hasStepped ? null : boundClockError(line, start, clock.nowUs());
      return errorUs ?? Number.POSITIVE_INFINITY;
    },
    get roundTripUs() {
      return roundTripUs;
    },
    lost: lost.promise,
    lose,
    leave,
  };
}
