import type { Clock } from '../../clock.ts';
import type { TimeServer } from '../clock/time-server.ts';
import { isLoss, type LeasedShard, type ShardListener, STOPPED_BEFORE } from '../shard-handle.ts';
import type { ShardAssignment } from '../shard-messages.ts';
import { type AgentLimits, listLacks, needsOf, toOwnAssignment } from './agent-limits.ts';
import { BentBody, checkForm, encodeBody } from './body-codec.ts';
import type { Engine } from './engine.ts';
import { isSignedBy } from './keys.ts';
import { BEAT_EVERY_US, KEPT_AFTER_US, LEASE_US, TICK_US } from './leases.ts';
import { type AgentAssignment, agentAssignment, type FromAgent, type ParcelToAgent, type ToAgent } from './messages.ts';
import { openReliableLink } from './reliable-link.ts';
import { repeatEvery } from './repeat-every.ts';
import { writeInterval, writeReport } from './report-body.ts';
import { writeSplit } from './split-body.ts';
import { SUBJECTS } from './subjects.ts';

export type StartLeasedShard = (assignment: ShardAssignment, listener: ShardListener) => LeasedShard;

export interface AgentRunOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly run: string;
  readonly agent: string;
  readonly limits: AgentLimits;
  /** The only controller that is obeyed, by its public key; null: whoever may speak at the engine. */
  readonly controller: string | null;
  readonly startShard: StartLeasedShard;
  /** Asked while the run is under way; none by default. */
  readonly timeServers?: readonly TimeServer[];
  /** For whoever watches the agent. */
  tell(line: string): void;
  /** Reports of shards that nobody has taken: the controller is gone. */
  keepReports(run: string, reports: readonly unknown[]): void;
  /** It is over, and nothing of it runs any more. */
  onOver(): void;
}

/** An agent's part in one run, from the first word of its controller to its last. */
export interface AgentRun {
  /** @param receivedAtUs on the agent's clock */
  take(parcel: ParcelToAgent, receivedAtUs: number): void;
  /** Ends whatever it runs, at once. */
  end(): void;
  readonly isAtWork: boolean;
}

/** Who speaks of a run and gives nothing to do in it is forgotten after so long. */
const PATIENCE_US = 10_000_000;
/** A shard that was told to stop has so long for its drain and its report. */
const STOP_US = 10_000_000;
/** Later than any that its plan allows. */
const OVERDUE_US = 60_000_000;
/** Time servers are asked with each of the first ticks, and from then on once in so many of them: every 2 s, as often as NTP does at most. */
const FIRST_QUESTIONS = 4;
const QUESTION_TICKS = 8;
const LEASE_OVER = 'stopped by itself, since it had not heard of the controller for 3 s';

export function openAgentRun(options: AgentRunOptions): AgentRun {
  const { engine, clock, run, agent, limits, tell } = options;
  const link = openReliableLink<FromAgent>((parcel) => engine.publish(SUBJECTS.up(run, agent), encodeBody(parcel)));
  const shards = new Map<number, LeasedShard>();
  const timers: (() => void)[] = [];
  const openedAtUs = clock.nowUs();
  const timeQuestions = (options.timeServers ?? []).map((server, index) =>
    server.open((interval) => link.mention({ type: 'time', server: index, ...interval }), tell),
  );
  let leaseEndUs = Number.POSITIVE_INFINITY;
  let lostBy: string | null = null;
  let durationUs = 0;
  let running = 0;
  let isAssigned = false;
  let isOver = false;
  let ticks = 0;

  const after = (delayUs: number, callback: () => void) => void timers.push(clock.after(delayUs, callback));
  const giveUpAll = (reason: string) => {
    for (const shard of shards.values()) shard.giveUp(reason);
  };

  function assign(message: AssignMessage): void {
    const order = isAssigned ? 'is at work already' : readOrder(message, options);
    if (typeof order === 'string') {
      tell(`run ${run}: refused: ${order}`);
      link.send({ type: 'refused', reason: order });
      return;
    }
    isAssigned = true;
    durationUs = order.durationUs;
    leaseEndUs = clock.nowUs() + LEASE_US;
    for (const assignment of order.assignments) start(toOwnAssignment(assignment, limits));
    tell(`run ${run}: ${order.assignments.length} of ${order.assignments[0]!.shard.count} shards are mine`);
    link.send({ type: 'accepted' });
  }

  function start(assignment: ShardAssignment): void {
    const { index } = assignment.shard;
    const shard = options.startShard(assignment, {
      onInterval: (interval, snapshot) =>
        link.send({ type: 'interval', shard: index, interval: writeInterval(interval), snapshot }),
      onSplit: (second) => link.send({ type: 'split', shard: index, split: writeSplit(second) }),
      onConnecting: (opened) => link.mention({ type: 'connecting', shard: index, opened }),
    });
    shards.set(index, shard);
    running++;
    shard.lease(leaseEndUs);
    void shard.connected.then((outcome) => {
      if (!isLoss(outcome)) link.send({ type: 'connected', shard: index, connections: outcome });
    });
    void shard.finished.then((outcome) => {
      running--;
      if (isOver) return;
      const report = isLoss(outcome) ? null : writeReport(outcome);
      const lost = isLoss(outcome) && outcome.lost !== STOPPED_BEFORE.lost ? outcome.lost : lostBy;
      link.send({ type: 'finished', shard: index, report, lost });
    });
  }

  function begin(index: number, startAtUs: number): void {
    const shard = shards.get(index);
    shard?.start(startAtUs);
    after(startAtUs - clock.nowUs() + durationUs + OVERDUE_US, () =>
      shard?.giveUp('had not reported long after its time'),
    );
  }

  function obey(message: ToAgent, receivedAtUs: number): void {
    if (message.type === 'ping') {
      link.mention({ type: 'pong', sentAtUs: message.sentAtUs, receivedAtUs, answeredAtUs: clock.nowUs() });
    } else if (message.type === 'assign') assign(message);
    else if (message.type === 'lease') lease(message.untilUs);
    else if (message.type === 'arm') {
      link.send({ type: 'armed', startAtUs: message.startAtUs, slackUs: message.startAtUs - clock.nowUs() });
    } else if (message.type === 'start') begin(message.shard, message.startAtUs);
    else if (message.type === 'pause') shards.get(message.shard)?.pause(message.isPaused);
    else if (message.type === 'stop') shards.get(message.shard)?.stop();
    else if (message.type === 'unsent') shards.get(message.shard)?.tellUnsent(message.unsent);
    else if (message.type === 'give-up') shards.get(message.shard)?.giveUp(message.reason);
    else end();
  }

  function lease(untilUs: number): void {
    // Nobody can be told to go on alone for longer; and what is over is over: it may be a word from before a standstill.
    if (!isAssigned || lostBy !== null) return;
    leaseEndUs = Math.min(untilUs, clock.nowUs() + LEASE_US);
    for (const shard of shards.values()) shard.lease(leaseEndUs);
  }

  function loseController(): void {
    lostBy = LEASE_OVER;
    if (running > 0) tell(`run ${run}: ${LEASE_OVER}`);
    for (const shard of shards.values()) shard.stop();
    after(STOP_US, () => giveUpAll('did not stop in time, and was ended'));
  }

  function tick(): void {
    ticks++;
    link.tick();
    if ((ticks * TICK_US) % BEAT_EVERY_US === 0) link.mention({ type: 'beat' });
    if (ticks <= FIRST_QUESTIONS || ticks % QUESTION_TICKS === 0) for (const server of timeQuestions) server.ask();
    const nowUs = clock.nowUs();
    if (!isAssigned) {
      if (nowUs - openedAtUs > PATIENCE_US) end();
    } else if (nowUs >= leaseEndUs && lostBy === null) loseController();
    else if (lostBy !== null && running === 0 && nowUs > leaseEndUs + KEPT_AFTER_US) {
      const kept = link.unacknowledged.flatMap((message) => (message.type === 'finished' ? [message] : []));
      if (kept.some(({ report }) => report !== null)) options.keepReports(run, kept);
      end();
    }
  }

  function end(): void {
    if (isOver) return;
    isOver = true;
    stopTicks();
    for (const cancel of timers) cancel();
    for (const server of timeQuestions) server.close();
    giveUpAll('was ended');
    if (isAssigned) tell(`run ${run}: over`);
    options.onOver();
  }

  const stopTicks = repeatEvery(clock, TICK_US, tick);
  return {
    take(parcel, receivedAtUs) {
      if (!isOver && link.accept(parcel)) obey(parcel.message, receivedAtUs);
    },
    end,
    get isAtWork() {
      return isAssigned;
    },
  };
}

type AssignMessage = Extract<ToAgent, { type: 'assign' }>;

/** What is to be done, and how long it takes at most. */
interface Order {
  readonly assignments: AgentAssignment['assignments'];
  readonly durationUs: number;
}

/** The order, or why it is refused. */
function readOrder(
  { text, signature, controller }: AssignMessage,
  { run, agent, limits, controller: trusted }: AgentRunOptions,
): Order | string {
  if (trusted !== null && controller !== trusted)
    return `is signed by ${controller}, which is not the controller of its key file`;
  if (!isSignedBy(controller, text, signature)) return 'is not signed as it says';
  let read: AgentAssignment;
  try {
    read = checkForm(agentAssignment, JSON.parse(text));
  } catch (error) {
    return error instanceof BentBody ? error.message : 'is no JSON';
  }
  const { assignments } = read;
  if (read.run !== run || read.agent !== agent) return 'is for another run or agent';
  const bad = assignments
    .flatMap(({ endpoints }) => endpoints)
    .find((url) => !/^wss?:$/.test(URL.parse(url)?.protocol ?? ''));
  if (bad !== undefined) return `${bad} is no ws:// or wss:// address`;
  const needs = needsOf(assignments);
  return listLacks(needs, limits, process.env)[0] ?? { assignments, durationUs: needs.durationUs };
}
