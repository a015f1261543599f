import { decodeBody, encodeBody } from '../fleet/remote/body-codec.ts';
import { type FromAgent, parcelFromAgent } from '../fleet/remote/messages.ts';
import { readInterval, readReport, writeInterval, writeReport } from '../fleet/remote/report-body.ts';
import { readSplit, writeSplit } from '../fleet/remote/split-body.ts';
import { openSplitExchange } from '../fleet/split-exchange.ts';
import { randomUnit } from '../random.ts';
import type { RawInterval } from '../record/interval-series.ts';
import { mergeIntervals, mergeReports, ZERO_REPORT } from '../record/merge-reports.ts';
import { Recorder } from '../record/recorder.ts';
import type { LedgersSoFar } from '../record/samples.ts';
import type { ShardReport } from '../record/shard-report.ts';
import type { SplitSecond } from '../record/split-log.ts';
import { type Measurement, median } from './measurement.ts';
import { PAIRS } from './pairs.ts';

const AGENTS = 100;
const PER_SECOND = 1_000;
const SECONDS = 4;
const SECOND_US = 1_000_000;
const ROUNDS = 3;

/**
 * What a hundred agents cost the one who started a run: their messages are recorded by the real books, written by the real codecs, read
 * and checked as they are on arrival, and merged as a run merges them. There is no network in it.
 */
export function measureAgents(): readonly Measurement[] {
  const agents = Array.from({ length: AGENTS }, (_, agent) => recordAgent(agent));
  const load = `${AGENTS} agents with one shard of ${PER_SECOND.toLocaleString('en-US')} messages/s each`;
  const seconds = agents.map((agent, shard) => agent.seconds.map((second) => writeSecond(shard, second)));
  const bytes = seconds.flat(2).reduce((sum, body) => sum + body.length, 0) / (AGENTS * SECONDS);
  const secondMs = timeCpu(() => takeSeconds(seconds)) / SECONDS;
  const reports = agents.map(({ report }, shard) =>
    encode({ type: 'finished', shard, report: writeReport(report), lost: null }),
  );
  const reportBytes = reports.reduce((sum, body) => sum + body.length, 0) / AGENTS;
  return [
    {
      name: 'an agent tells a second',
      value: bytes / 1000,
      unit: 'KB',
      note: `${load}; without what NATS and TLS add`,
    },
    { name: 'CPU of the controller for a second', value: secondMs, unit: 'ms', note: `${load}; read, checked, merged` },
    { name: 'an agent reports at the end', value: reportBytes / 1000, unit: 'KB', note: load },
    {
      name: 'CPU of the controller for all reports',
      value: timeCpu(() => takeReports(reports)),
      unit: 'ms',
      note: `${load}; read, checked, merged`,
    },
    ...measureSplitRoom(),
  ];
}

interface RecordedAgent {
  readonly seconds: readonly { readonly interval: RawInterval; readonly ledgers: LedgersSoFar }[];
  readonly report: ShardReport;
}

const NO_FRAME = Buffer.alloc(0);

/** Latencies as a chat has them: 2 ms in the median, and one of a thousand above 40. */
function recordAgent(seed: number): RecordedAgent {
  const seconds: { interval: RawInterval; ledgers: LedgersSoFar }[] = [];
  const recorder = new Recorder(
    { rooms: PAIRS, senderReceives: false, expectsAck: true },
    5 * SECOND_US,
    (interval, ledgers) => seconds.push({ interval, ledgers }),
  );
  const gapUs = SECOND_US / PER_SECOND;
  const due = Array.from({ length: SECONDS * PER_SECOND }, (_, message) => message);
  const latency = (message: number) => Math.round(2_000 * Math.exp(drawNormal(seed, message)));
  const arrivals = due.map((message) => ({ message, atUs: message * gapUs + latency(message) }));
  arrivals.sort((one, other) => one.atUs - other.atUs);
  let arrived = 0;
  const takeUntil = (nowUs: number) => {
    for (; arrived < arrivals.length && arrivals[arrived]!.atUs <= nowUs; arrived++) {
      const { message, atUs } = arrivals[arrived]!;
      const room = message & 1023;
      recorder.acknowledged(message, atUs, NO_FRAME);
      recorder.delivered(message, room, room * 2 + 1, atUs, NO_FRAME);
    }
  };
  for (const message of due) {
    const dueUs = message * gapUs;
    takeUntil(dueUs);
    const room = message & 1023;
    recorder.wrote(recorder.offer(room, room * 2, dueUs, dueUs + 20, true), dueUs + 40);
  }
  const endUs = SECONDS * SECOND_US;
  takeUntil(endUs);
  const { histograms, own, groups: _, ...recording } = recorder.finish(endUs);
  const report: ShardReport = {
    ...ZERO_REPORT,
    ...recording,
    histograms: { ...ZERO_REPORT.histograms, ...histograms },
    own: { ...ZERO_REPORT.own, ...own },
  };
  return { seconds: seconds.slice(0, SECONDS), report };
}

/** A normal variate, by Box and Muller (1958). */
function drawNormal(seed: number, index: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - randomUnit(seed, 1, index)));
  return radius * Math.cos(2 * Math.PI * randomUnit(seed, 2, index));
}

function encode(message: FromAgent): Uint8Array {
  return encodeBody({ seq: 1, ack: 1, message });
}

/** All that an agent sends in a second: its figures, and twice a sign of life and an answer that tells its clock. */
function writeSecond(shard: number, { interval, ledgers }: RecordedAgent['seconds'][number]): Uint8Array[] {
  const nowUs = 123_456_789_012;
  const signs = [0, 1].flatMap((): FromAgent[] => [
    { type: 'beat' },
    { type: 'pong', sentAtUs: nowUs, receivedAtUs: nowUs, answeredAtUs: nowUs },
  ]);
  const figures = { interval: writeInterval(interval), snapshot: { ledgers, cpuRatio: 0.123 } };
  return [encode({ type: 'interval', shard, ...figures }), ...signs.map(encode)];
}

/** @param bodies by agent and second */
function takeSeconds(bodies: readonly (readonly (readonly Uint8Array[])[])[]): void {
  for (let second = 0; second < SECONDS; second++) {
    const intervals: RawInterval[] = [];
    for (const agent of bodies) {
      for (const body of agent[second]!) {
        const { message } = decodeBody(parcelFromAgent, body);
        if (message.type === 'interval') intervals.push(readInterval(message.interval));
      }
    }
    const [merged] = mergeIntervals(intervals, []);
    if (merged?.sent !== AGENTS * PER_SECOND) throw new Error(`expected all messages of a second, got ${merged?.sent}`);
  }
}

function takeReports(bodies: readonly Uint8Array[]): void {
  const read = bodies.map((body) => {
    const { message } = decodeBody(parcelFromAgent, body);
    if (message.type !== 'finished' || message.report === null) throw new Error('expected a report');
    return readReport(message.report);
  });
  const { ledger } = read.reduce(mergeReports, ZERO_REPORT);
  if (ledger.sent !== AGENTS * PER_SECOND * SECONDS) throw new Error(`expected all messages, got ${ledger.sent}`);
}

const MEMBERS = 10_000;

/** One message to a room of a million, whose members are at a hundred agents: each tells of every delivery to its own. */
function measureSplitRoom(): readonly Measurement[] {
  const quiet: Omit<SplitSecond, 'second'> = {
    sent: new Float64Array(),
    received: new Float64Array(),
    unsent: new Float64Array(),
    endsAt: null,
    missing: new Float64Array(),
  };
  const bodies = Array.from({ length: AGENTS }, (_, shard) => {
    const received = Float64Array.from(
      Array.from({ length: MEMBERS }, (_, member) => [
        7,
        20_000 + 80 * member + Math.floor(80 * randomUnit(shard, 1, member)),
        0,
      ]).flat(),
    );
    const sent = shard === 0 ? Float64Array.of(7, 10_000, 10_020, AGENTS * MEMBERS, 20) : quiet.sent;
    return encode({ type: 'split', shard, split: writeSplit({ ...quiet, second: 0, sent, received }) });
  });
  const deliveries = AGENTS * MEMBERS;
  const bytes = bodies.reduce((sum, body) => sum + body.length, 0);
  const ms = timeCpu(() => {
    const exchange = openSplitExchange(AGENTS, () => {});
    for (const body of bodies) {
      const { message } = decodeBody(parcelFromAgent, body);
      if (message.type === 'split') exchange.take(message.shard, readSplit(message.split));
    }
    for (let shard = 0; shard < AGENTS; shard++) exchange.over(shard, false);
    const { count } = exchange.report().histograms.fanoutLast;
    if (count !== 1) throw new Error(`expected one message whose fan-out is over, got ${count}`);
  });
  const note = `a room of ${deliveries.toLocaleString('en-US')} split over ${AGENTS} agents, one message`;
  return [
    { name: 'an agent tells of a delivery in a split room', value: bytes / deliveries, unit: 'bytes', note },
    { name: 'CPU of the controller for such a message', value: ms, unit: 'ms', note: `${note}; read, checked, merged` },
  ];
}

/** CPU time of this process, ms: the median of some rounds, after one to warm up. */
function timeCpu(act: () => void): number {
  act();
  const rounds = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    act();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return median(rounds);
}
