import type { Clock } from '../../clock.ts';
import { type AgentError, type ErrorWatch, watchError } from '../clock/clock-error.ts';
import { type BoundedOffset, type ClockLine, intervalOfPing, openClockLine } from '../clock/clock-line.ts';
import { type ServersClock, watchServers } from '../clock/servers-clock.ts';
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
  /** Something depends on its clock soon: since it was known first, minutes may have passed. */
  lookAtClock(): void;
  /** What is known of the agent's clock now: its time minus that of this side; null: nothing. */
  clockNow(): BoundedOffset | null;
  /** A time of this side's clock, on the agent's. */
  toAgentClock(ownUs: number): number;
  /** The time of day minus the agent's clock now, by its time servers; null: it has none, or they say nothing. */
  timeOfDayNow(): BoundedOffset | null;
  /** The time of day at a time of this side's clock, by the agent's time servers, µs since 1970; null: it has none, or they say nothing. */
  timeOfDayAt(ownUs: number): number | null;
  /**
   * The run's start as a time of day, told to all agents that know it: what their time servers say is held against it. Where all of them
   * do, they start by it.
   */
  agreeOn(timeOfDayUs: number, isKeptByAll: boolean): void;
  /** The run's start on the agent's clock: what it is told the first time is what it keeps to. */
  startOn(ownUs: number): number;
  /** How far its time since the start may be ahead, over the run or when it began; null before a start. */
  clockError(when: 'run' | 'start'): AgentError | null;
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

/** Exchanges of times in a row before an agent is told when to do anything: the shortest of some is near what the line can do. */
const FIRST_PINGS = 8;
/** Where the line is short, more of them, in a row for so long at most: of a busy machine few answers come at once. */
const MOST_IN_A_ROW = 64;
const ROW_US = 300_000;
/** Likewise of each of its time servers, unless they do not answer for so long. */
const FIRST_TIMES = 2;
const TIMES_WITHIN_US = 3_000_000;

export function openAgentSession({ engine, clock, run, agent, onMessage }: SessionOptions): AgentSession {
  const link = openReliableLink<ToAgent>((parcel) =>
    engine.publish(SUBJECTS.down(run, agent.id), encodeBody({ ...parcel, run })),
  );
  const clockKnown = Promise.withResolvers<void>();
  const lost = Promise.withResolvers<string>();
  let line: ClockLine = openClockLine();
  const servers: ServersClock = watchServers(agent.timeServers.length);
  let agreed: { readonly timeOfDayUs: number; readonly isKeptByAll: boolean } | null = null;
  let startUs: number | null = null;
  let error: ErrorWatch | null = null;
  let hasStepped = false;
  let roundTripUs = Number.POSITIVE_INFINITY;
  let pongs = 0;
  let inARow = 0;
  let rowEndUs = 0;
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
      hasStepped = error !== null;
    }
    error?.note(nowUs);
    roundTripUs = Math.min(roundTripUs, nowUs - sentAtUs);
    pongs++;
    if (pongs < FIRST_PINGS || (inARow > 0 && nowUs < rowEndUs)) {
      inARow--;
      ping();
    }
    tellIfKnown();
  };
  const pingInARow = () => {
    inARow = MOST_IN_A_ROW;
    rowEndUs = clock.nowUs() + ROW_US;
    ping();
  };
  const openedAtUs = clock.nowUs();
  const tellIfKnown = () => {
    const isPatient = clock.nowUs() - openedAtUs < TIMES_WITHIN_US;
    if (pongs >= FIRST_PINGS && (!isPatient || servers.haveAnswered(FIRST_TIMES))) clockKnown.resolve();
  };
  /** The agent's time at which it is this time of day, near to one of this side's clock; null where its servers cannot be right. */
  const agentClockAt = (timeOfDayUs: number, ownUs: number): number | null => {
    const byMessages = line.at(ownUs);
    const nearUs = toAgentClock(ownUs);
    const known = servers.at(nearUs);
    if (byMessages === null || known === null) return null;
    const correctionUs = timeOfDayUs - nearUs - known.offsetUs;
    return Math.abs(correctionUs) <= byMessages.boundUs + known.boundUs ? Math.round(nearUs + correctionUs) : null;
  };
  const take = (body: Uint8Array) => {
    if (isOver) return;
    silentTicks = 0;
    try {
      const parcel = decodeBody(parcelFromAgent, body);
      if (!link.accept(parcel)) return;
      const { message } = parcel;
      if (message.type === 'pong') notePong(message);
      else if (message.type === 'time') {
        servers.add(message.server, message);
        tellIfKnown();
      } else if (message.type !== 'beat') onMessage(message);
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
    tellIfKnown();
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
  pingInARow();
  return {
    agent,
    send: link.send,
    grantLeases() {
      hasLease = true;
      lease();
    },
    clockKnown: clockKnown.promise,
    lookAtClock: pingInARow,
    clockNow: () => line.at(clock.nowUs()),
    toAgentClock,
    timeOfDayNow: () => servers.at(toAgentClock(clock.nowUs())),
    timeOfDayAt(ownUs) {
      const there = toAgentClock(ownUs);
      const known = servers.at(there);
      return known && there + known.offsetUs;
    },
    agreeOn(timeOfDayUs, isKeptByAll) {
      agreed = { timeOfDayUs, isKeptByAll };
    },
    startOn(ownUs) {
      if (startUs !== null) return startUs;
      startUs = (agreed?.isKeptByAll === true ? agentClockAt(agreed.timeOfDayUs, ownUs) : null) ?? toAgentClock(ownUs);
      error = watchError(line, { ownUs, otherUs: startUs });
      if (agreed !== null) servers.begin(startUs, agreed.timeOfDayUs);
      return startUs;
    },
    clockError(when) {
      if (error === null) return null;
      const nowUs = clock.nowUs();
      const byMessages = when === 'run' ? error.read(nowUs) : error.readStart();
      return { byMessages: hasStepped ? null : byMessages, byServers: servers.error(when, toAgentClock(nowUs)) };
    },
    get roundTripUs() {
      return roundTripUs;
    },
    lost: lost.promise,
    lose,
    leave,
  };
}
