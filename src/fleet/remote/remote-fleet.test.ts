import { beforeEach, describe, expect, it } from 'vitest';
import type { RawInterval } from '../../record/interval-series.ts';
import { mergeIntervals } from '../../record/merge-reports.ts';
import { createMemoryNetwork, type MemoryNetwork, type MemoryNode } from '../../testing/memory-engine.ts';
import {
  buildAssignments,
  CONTROLLER,
  SECONDS,
  startTestAgent,
  type TestAgent,
  type TestAgentOptions,
} from '../../testing/remote-fleet-fixture.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { createPauseSwitch, type PauseSwitch } from '../pause-switch.ts';
import { type FleetOutcome, runPlan } from '../run-plan.ts';
import { admitAgents } from './admit-agents.ts';
import { encodeBody } from './body-codec.ts';
import { createKeyPair, type KeyPair } from './keys.ts';
import { LEASE_US } from './leases.ts';
import type { Needs } from './messages.ts';
import { createRemoteFleet } from './remote-fleet.ts';
import { SUBJECTS } from './subjects.ts';

const SECOND = 1_000_000;
const MESSAGES = SECONDS * 10;

let clock: VirtualClock;
let network: MemoryNetwork;
let controller: MemoryNode;

beforeEach(() => {
  clock = new VirtualClock();
  network = createMemoryNetwork(clock);
  controller = network.connect();
});

function startAgents(...options: readonly TestAgentOptions[]): readonly TestAgent[] {
  return options.map((one) => startTestAgent(clock, network, one));
}

function admit(count: number, needs: Needs | null = null, version = '1.0.0') {
  return admitAgents({
    engine: controller,
    clock,
    call: { version, run: 'run-1', needs },
    count,
    signal: new AbortController().signal,
    onHello() {},
  });
}

interface RunHooks {
  /** So long after the start, µs. */
  readonly atUs?: number;
  readonly happens?: () => void;
  readonly signer?: KeyPair;
  readonly endpoint?: string;
  readonly signal?: AbortSignal;
  readonly pause?: PauseSwitch;
}

async function runAt(agents: readonly TestAgent[], hooks: RunHooks = {}) {
  const { atUs, happens, signer = CONTROLLER, endpoint, signal = new AbortController().signal, pause } = hooks;
  const losses: string[] = [];
  const seconds: string[] = [];
  const raw: RawInterval[] = [];
  let lostAtUs = Number.NaN;
  const chosen = await clock.runUntil(admit(agents.length));
  const fleet = createRemoteFleet({
    engine: controller,
    clock,
    run: 'run-1',
    agents: chosen!,
    controller: signer,
    moduleHash: null,
    onLost(reason) {
      losses.push(reason);
      lostAtUs = clock.nowUs();
    },
  });
  const outcome: Promise<FleetOutcome> = runPlan(
    buildAssignments(agents.length, endpoint),
    {
      onStart(startAtUs) {
        if (happens !== undefined) clock.after(startAtUs - clock.nowUs() + (atUs ?? 0), happens);
      },
      onInterval(shard, interval) {
        seconds.push(`${shard}:${interval.second}:${interval.sent}`);
        raw.push(interval);
      },
    },
    signal,
    pause,
    fleet,
  );
  const settled = await clock.runUntil(outcome);
  const clockErrors = fleet.clockErrors?.();
  fleet.close();
  return { clockErrors, outcome: settled, losses, seconds, intervals: mergeIntervals(raw, []), lostAtUs };
}

/** Lets so much time pass. */
function pass(us: number): Promise<void> {
  return clock.runUntil(new Promise<void>((resolve) => clock.after(us, resolve)));
}

function countSent({ reports }: FleetOutcome): number {
  return reports.reduce((sum, { ledger }) => sum + ledger.sent, 0);
}

describe('agents', () => {
  it('run their shards as processes here would, and start together although their clocks are far apart', async () => {
    const agents = startAgents({ offsetUs: 777e6 }, { offsetUs: -100e6 }, { offsetUs: 5e6 });
    const { outcome, losses, seconds, intervals } = await runAt(agents);
    expect(losses).toEqual([]);
    expect(outcome.losses).toEqual([]);
    expect(outcome.reports).toHaveLength(3);
    expect(countSent(outcome)).toBe(3 * MESSAGES);
    expect(seconds).toHaveLength(3 * SECONDS);
    expect(intervals.map(({ sent, delivery }) => [sent, delivery.count])).toEqual(
      Array.from({ length: SECONDS }, () => [30, 30]),
    );
    const starts = agents.flatMap(({ startedAtUs }) => startedAtUs);
    expect(starts).toHaveLength(3);
    // Nobody knows better than half the way there and back.
    expect(Math.max(...starts) - Math.min(...starts)).toBeLessThanOrEqual(400);
    expect(Math.abs(starts[0]! - outcome.startAtUs!)).toBeLessThanOrEqual(200);
  });

  it('agree on a later start where one of them answers slowly', async () => {
    const slow = createMemoryNetwork(clock, () => 400_000);
    controller = slow.connect();
    network = slow;
    const agents = startAgents({ offsetUs: 1e6 }, {});
    const { outcome } = await runAt(agents);
    expect(outcome.losses).toEqual([]);
    const starts = agents.flatMap(({ startedAtUs }) => startedAtUs);
    expect(Math.max(...starts) - Math.min(...starts)).toBeLessThan(1_000);
    expect(countSent(outcome)).toBe(2 * MESSAGES);
  });

  it('lose nothing, and tell nothing twice, when a link is down for less than a lease', async () => {
    const agents = startAgents({}, { offsetUs: 1e6 });
    const [, cut] = agents;
    const { outcome, losses, seconds } = await runAt(agents, {
      atUs: 2.5 * SECOND,
      happens() {
        cut!.node.isCut = true;
        clock.after(1.7 * SECOND, () => {
          cut!.node.isCut = false;
        });
      },
    });
    expect(losses).toEqual([]);
    expect(countSent(outcome)).toBe(2 * MESSAGES);
    expect(new Set(seconds).size).toBe(seconds.length);
    expect(seconds).toHaveLength(2 * SECONDS);
  });

  it.each([0.3, 0.7, 1.1, 1.6])('lose nothing over a link that breaks every two seconds, for %f s', async (seconds) => {
    const agents = startAgents({ offsetUs: 1e6 }, {});
    const breakDown = () => {
      agents[1]!.node.isCut = true;
      clock.after(seconds * SECOND, () => {
        agents[1]!.node.isCut = false;
      });
      clock.after(2.1 * SECOND, breakDown);
    };
    clock.after(0.9 * SECOND, breakDown);
    const { outcome, losses, seconds: told } = await runAt(agents);
    expect(losses).toEqual([]);
    expect(countSent(outcome)).toBe(2 * MESSAGES);
    expect(told).toHaveLength(2 * SECONDS);
    // Those of each shard in their order.
    for (const shard of ['0', '1']) {
      const own = told.filter((line) => line.startsWith(`${shard}:`)).map((line) => Number(line.split(':')[1]));
      expect(own).toEqual([...own].sort((a, b) => a - b));
    }
  });
});

describe('agents far away', () => {
  /** 5 ms there, and 35 ms back, of those whose offset says so: no exchange of messages tells such a line from one of 20 ms each way. */
  function startFar(...options: readonly TestAgentOptions[]): readonly TestAgent[] {
    const slow = new Set<unknown>();
    network = createMemoryNetwork(clock, (from, to) => (slow.has(to) ? 5_000 : slow.has(from) ? 35_000 : 200));
    controller = network.connect();
    const agents = startAgents(...options);
    for (const { node } of agents.slice(1)) slow.add(node);
    return agents;
  }
  const spreadOf = (agents: readonly TestAgent[]) => {
    const starts = agents.flatMap(({ startedAtUs }) => startedAtUs);
    return Math.max(...starts) - Math.min(...starts);
  };

  it('start as far apart as their lines are lopsided, and this is told', async () => {
    const agents = startFar({ offsetUs: 7e6 }, { offsetUs: -3e6 });
    const { outcome } = await runAt(agents);
    expect(spreadOf(agents)).toBeGreaterThan(14_000);
    expect(outcome.startSpreadUs).toBeGreaterThanOrEqual(spreadOf(agents));
    expect(outcome.startSpreadUs).toBeLessThan(25_000);
  });

  it('start together by time servers near them, and this is told', async () => {
    const agents = startFar({ offsetUs: 7e6, serverErrorUs: 100 }, { offsetUs: -3e6, serverErrorUs: -150 });
    const { outcome, clockErrors } = await runAt(agents);
    expect(spreadOf(agents)).toBeLessThan(300);
    expect(outcome.startSpreadUs).toBeGreaterThanOrEqual(spreadOf(agents));
    expect(outcome.startSpreadUs).toBeLessThan(1_000);
    expect(clockErrors!.anyUs).toBeLessThan(1_500);
  });

  it('do not start by a time server that messages contradict', async () => {
    const agents = startFar(
      { offsetUs: 7e6, serverErrorUs: 0 },
      { offsetUs: -3e6, serverErrorUs: 0 },
      // An hour, which it does not admit.
      { offsetUs: 1e6, serverErrorUs: 0, serverLieUs: 3_600e6 },
    );
    const { outcome } = await runAt(agents);
    expect(spreadOf(agents)).toBeLessThan(45_000);
    expect(outcome.startSpreadUs).toBeGreaterThanOrEqual(spreadOf(agents));
    expect(outcome.startSpreadUs).toBeLessThan(90_000);
  });
});

it('tells shards where all of them are, where agents have regions', async () => {
  const agents = startAgents({ labels: { region: 'tokyo' } }, { labels: { region: 'london' } }, {});
  const { clockErrors } = await runAt(agents);
  expect(agents.map(({ assigned }) => assigned[0]!.regions)).toEqual(agents.map(() => ['tokyo', 'london', null]));
  expect(Object.keys(clockErrors!.byRegions).sort()).toEqual([
    'from=london,to=london',
    'from=london,to=tokyo',
    'from=tokyo,to=london',
    'from=tokyo,to=tokyo',
  ]);
  expect(clockErrors!.byRegions['from=tokyo,to=tokyo']).toBe(0);
  expect(clockErrors!.byRegions['from=tokyo,to=london']).toBeGreaterThan(100);
  expect(clockErrors!.byRegions['from=tokyo,to=london']).toBeLessThanOrEqual(clockErrors!.anyUs);
});

it('tells shards nothing of regions where all agents are of one', async () => {
  const alike = startAgents({ labels: { region: 'tokyo' } }, { labels: { region: 'tokyo' } });
  await runAt(alike);
  expect(alike.map(({ assigned }) => assigned[0]!.regions)).toEqual([null, null]);
});

it('knows who shares the clock of the bundled targets, and whose clock makes nonsense of their stamps', async () => {
  const [here, elsewhere] = startAgents({}, { offsetUs: 3_000 });
  await runAt([here!, elsewhere!]);
  expect(here!.assigned.map(({ isElsewhere }) => isElsewhere)).toEqual([false]);
  expect(elsewhere!.assigned.map(({ isElsewhere }) => isElsewhere)).toEqual([true]);
});

describe('what ends or pauses a run here', () => {
  it('stops agents with what they have, and nobody is lost', async () => {
    const stop = new AbortController();
    const agents = startAgents({}, { offsetUs: 5e6 });
    const { outcome, losses } = await runAt(agents, {
      atUs: 2.55 * SECOND,
      signal: stop.signal,
      happens: () => stop.abort(),
    });
    expect(losses).toEqual([]);
    expect(outcome.losses).toEqual([]);
    expect(countSent(outcome)).toBe(agents.flatMap(({ sentAtUs }) => sentAtUs).length);
    expect(countSent(outcome)).toBeLessThan(MESSAGES);
  });

  it('pauses all of them, and lets them go on', async () => {
    const pause = createPauseSwitch();
    const agents = startAgents({}, {});
    const { intervals } = await runAt(agents, {
      atUs: 2 * SECOND,
      pause,
      happens() {
        pause.toggle();
        clock.after(3 * SECOND, pause.toggle);
      },
    });
    expect(intervals[2]!.sent + intervals[3]!.sent).toBeLessThanOrEqual(2);
    expect(intervals.at(-1)!.sent).toBe(20);
  });

  it('keeps the seconds of all where the engine dies', async () => {
    const agents = startAgents({}, {});
    const { outcome, losses, intervals } = await runAt(agents, {
      atUs: 3.5 * SECOND,
      happens() {
        controller.isCut = true;
      },
    });
    expect(losses).toHaveLength(2);
    expect(outcome.reports).toEqual([]);
    expect(intervals.map(({ sent }) => sent)).toEqual([20, 20, 20]);
  });
});

describe('an agent that is lost', () => {
  it('is known to be, leaves its seconds, and is nobody else’s load', async () => {
    const agents = startAgents({}, {});
    const atUs = 2.5 * SECOND;
    let cutAtUs = Number.NaN;
    const { outcome, losses, intervals } = await runAt(agents, {
      atUs,
      happens() {
        cutAtUs = clock.nowUs();
        agents[1]!.node.isCut = true;
      },
    });
    expect(losses).toEqual([`agent ${agents[1]!.id} gave no sign of life for 4 s`]);
    expect(outcome.losses).toEqual(losses);
    expect(countSent(outcome)).toBe(MESSAGES);
    expect(intervals.slice(0, 2).map(({ sent }) => sent)).toEqual([20, 20]);
    expect(intervals.slice(2).map(({ sent }) => sent)).toEqual(Array.from({ length: SECONDS - 2 }, () => 10));
    // It was not told, and knows by itself.
    const last = agents[1]!.sentAtUs.at(-1)!;
    expect(last).toBeGreaterThan(cutAtUs);
    expect(last).toBeLessThanOrEqual(cutAtUs + LEASE_US);
  });

  it('is found out before five seconds are over', async () => {
    const agents = startAgents({}, {});
    let cutAtUs = Number.NaN;
    const { lostAtUs } = await runAt(agents, {
      atUs: 1 * SECOND,
      happens() {
        cutAtUs = clock.nowUs();
        agents[0]!.node.isCut = true;
      },
    });
    expect(lostAtUs - cutAtUs).toBeGreaterThanOrEqual(LEASE_US);
    expect(lostAtUs - cutAtUs).toBeLessThan(5 * SECOND);
  });

  it.each([
    ['is frozen', 2.5],
    ['is frozen just as its lease is renewed', 3.02],
  ])('sends nothing after its lease, also when it goes on: it %s', async (_, seconds) => {
    const agents = startAgents({ offsetUs: 9e6 }, {});
    const [frozen] = agents;
    let frozenAtUs = Number.NaN;
    const { losses } = await runAt(agents, {
      atUs: seconds * SECOND,
      happens() {
        frozenAtUs = clock.nowUs();
        frozen!.freeze();
        clock.after(4.5 * SECOND, () => frozen!.thaw());
      },
    });
    expect(losses).toHaveLength(1);
    await pass(20 * SECOND);
    expect(frozen!.sentAtUs.at(-1)!).toBeLessThanOrEqual(frozenAtUs + LEASE_US);
    expect(frozen!.service.isAtWork).toBe(false);
  });

  it('is one that tells what nobody can have recorded', async () => {
    const agents = startAgents({}, {});
    const { outcome, losses, intervals } = await runAt(agents, {
      atUs: 1.5 * SECOND,
      happens() {
        const { id, node } = agents[0]!;
        const bent = { type: 'finished', shard: 0, report: { histograms: {} }, lost: null };
        node.publish(SUBJECTS.up('run-1', id), encodeBody({ seq: 0, ack: 0, message: bent }));
      },
    });
    expect(losses).toEqual([
      expect.stringContaining(`agent ${agents[0]!.id} sent what cannot be used: message.report`),
    ]);
    expect(outcome.reports).toHaveLength(1);
    expect(intervals[0]!.sent).toBe(20);
  });

  it('cannot speak for the shards of another', async () => {
    const agents = startAgents({}, {});
    const { outcome, losses } = await runAt(agents, {
      atUs: 1.5 * SECOND,
      happens() {
        const { id, node } = agents[0]!;
        const message = { type: 'finished', shard: 1, report: null, lost: 'somebody says so' };
        node.publish(SUBJECTS.up('run-1', id), encodeBody({ seq: 0, ack: 0, message }));
      },
    });
    expect(losses).toEqual([]);
    expect(outcome.losses).toEqual([]);
    expect(countSent(outcome)).toBe(2 * MESSAGES);
  });

  it('is not given its shard again when it comes back under a new name', async () => {
    const agents = startAgents({}, {});
    let again: TestAgent | undefined;
    await runAt(agents, {
      atUs: 1.5 * SECOND,
      happens() {
        agents[0]!.node.isCut = true;
        again = startTestAgent(clock, network, {});
      },
    });
    await pass(10 * SECOND);
    expect(again!.sentAtUs).toEqual([]);
    expect(again!.service.isAtWork).toBe(false);
  });
});

it('stops by itself when the controller is gone, and keeps what it measured', async () => {
  const agents = startAgents({});
  const chosen = await clock.runUntil(admit(1));
  const fleet = createRemoteFleet({
    engine: controller,
    clock,
    run: 'run-1',
    agents: chosen!,
    controller: CONTROLLER,
    moduleHash: null,
    onLost() {},
  });
  let goneAtUs = Number.NaN;
  void runPlan(
    buildAssignments(1),
    {
      onStart(startAtUs) {
        clock.after(startAtUs - clock.nowUs() + 2.05 * SECOND, () => {
          goneAtUs = clock.nowUs();
          controller.isCut = true;
        });
      },
      onInterval() {},
    },
    new AbortController().signal,
    undefined,
    fleet,
  );
  await pass(30 * SECOND);
  expect(agents[0]!.sentAtUs.at(-1)!).toBeLessThanOrEqual(goneAtUs + LEASE_US);
  expect(agents[0]!.kept).toHaveLength(1);
  expect(agents[0]!.kept[0]).toMatchObject({ shard: 0, report: { ledger: { sent: agents[0]!.sentAtUs.length } } });
  expect(agents[0]!.service.isAtWork).toBe(false);
  fleet.close();
});

describe('an agent does nothing', () => {
  it.each<[string, TestAgentOptions, RunHooks, string]>([
    [
      'on the word of a foreign controller',
      { controller: createKeyPair().publicKey },
      {},
      'not the controller of its key file',
    ],
    [
      'to a host that was not named',
      {},
      { endpoint: 'ws://10.1.2.3:80' },
      'may not load 10.1.2.3: start it with --allow-target 10.1.2.3',
    ],
    ['to a private host, neither', {}, { endpoint: 'ws://192.168.0.1' }, 'may not load 192.168.0.1'],
    ['beyond its rate', { limits: { maxPerSecond: 9 } }, {}, 'may send 9 a second, and 10 are wanted'],
    ['beyond its connections', { limits: { maxConnections: 11 } }, {}, 'may hold 11 connections, and 12 are wanted'],
    ['beyond its time', { limits: { maxDurationUs: SECOND } }, {}, 'may run for 1 s, and 9 s are wanted'],
  ])('%s', async (_, options, hooks, reason) => {
    const [agent] = startAgents(options);
    await expect(runAt([agent!], hooks)).rejects.toMatchObject({
      code: 'target-unavailable',
      message: expect.stringContaining(
        `agent ${agent!.id} refused: ${reason.startsWith('not') ? 'is signed by' : reason}`,
      ),
    });
    expect(agent!.told.at(-2) ?? agent!.told.at(-1)).toContain(reason);
    expect(agent!.sentAtUs).toEqual([]);
    expect(agent!.startedAtUs).toEqual([]);
  });

  it('where its assignment was changed on the way', async () => {
    const [agent] = startAgents({});
    const wrong: KeyPair = { publicKey: CONTROLLER.publicKey, seed: createKeyPair().seed };
    await expect(runAt([agent!], { signer: wrong })).rejects.toMatchObject({
      message: expect.stringContaining('is not signed as it says'),
    });
    expect(agent!.startedAtUs).toEqual([]);
  });
});

describe('admission', () => {
  const needs: Needs = {
    variables: ['CHATBENCH_NO_SUCH_VARIABLE'],
    modules: ['ab'.repeat(32)],
    hosts: ['127.0.0.1'],
    clients: 1,
    perSecond: 1,
    durationUs: 1,
  };

  it('waits for as many as are wanted, and ends with who is missing and why', async () => {
    const [ready] = startAgents({});
    const [old] = startAgents({ version: '0.9.0' });
    await expect(clock.runUntil(admit(2))).rejects.toMatchObject({
      code: 'target-unavailable',
      message: `2 agents wanted, 1 came (${ready!.id}) within 120 s; agent ${old!.id} is chatbench 0.9.0, and the controller 1.0.0: install the same`,
    });
  });

  it('takes those who come later', async () => {
    startAgents({});
    clock.after(30 * SECOND, () => void startAgents({}));
    expect(await clock.runUntil(admit(2))).toHaveLength(2);
  });

  it('tells which variables and modules an agent lacks', async () => {
    const [agent] = startAgents({});
    await expect(clock.runUntil(admit(1, needs))).rejects.toMatchObject({
      message: expect.stringContaining(
        `agent ${agent!.id} may not use the variable CHATBENCH_NO_SUCH_VARIABLE: start it with --allow-env CHATBENCH_NO_SUCH_VARIABLE; has no protocol module of SHA-256 abababababab…`,
      ),
    });
  });
});
