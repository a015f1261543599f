import { randomBytes } from 'node:crypto';
import { monotonicClock } from '../../clock.ts';
import { ChatbenchError } from '../../errors.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import { admitAgents, describeHello } from '../../fleet/remote/admit-agents.ts';
import { hashModule } from '../../fleet/remote/hash-module.ts';
import type { AgentHello, Needs } from '../../fleet/remote/messages.ts';
import { createRemoteFleet } from '../../fleet/remote/remote-fleet.ts';
import { listVariables } from '../../placeholders.ts';
import type { RunPlan, Shard } from '../../plan/run-plan.ts';
import { chooseShardCount, countPossibleShards, type ShardCapacity, splitPlan } from '../../plan/split-plan.ts';
import { selectProtocol } from '../../protocol/select-protocol.ts';
import { peakRate } from '../../scenario/load.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { readVersion } from '../../version.ts';
import { listHosts } from '../run/admit-target.ts';
import type { RunView } from '../run/run-view.ts';
import type { AgentOptions } from './agent-options.ts';
import { countAgents } from './describe-agent-job.ts';

/** Agents that runs of one command may take part in. */
export interface AgentPool {
  /** The agents of one run; null where the signal aborts before all are there. */
  admit(
    scenario: Scenario,
    plan: RunPlan,
    endpoints: readonly string[],
    signal: AbortSignal,
  ): Promise<AdmittedFleet | null>;
  close(): Promise<void>;
}

export interface AdmittedFleet {
  readonly fleet: Fleet;
  readonly shards: readonly Shard[];
  /** Aborts when an agent is lost and the run is not to go on without it. */
  readonly lost: AbortSignal;
  /** Of the first that was lost; null: none was. */
  lossReason(): string | null;
  close(): void;
}

/** Null where the load comes from this machine, or the signal aborts before agents can join. */
export async function openAgentPool(
  scenario: Scenario,
  options: AgentOptions,
  capacity: ShardCapacity,
  view: RunView,
  startSignal: AbortSignal,
): Promise<AgentPool | null> {
  const { onAgentLost } = options;
  const count = options.on === undefined ? options.agents : countAgents(scenario, options);
  if (count === undefined) {
    refuseWithoutAgents(options);
    return null;
  }
  const opened =
    options.on === undefined
      ? await (await import('./open-engine.ts')).openEngine(options, 'chatbench controller')
      : await (await import('./open-on-kubernetes.ts')).openOnKubernetes(scenario, options, view, startSignal);
  if (opened === null) return null;
  const { engine, controller, joinHint, close } = opened;
  const how = joinHint === null ? '' : `: chatbench agent ${joinHint} --allow-target HOST`;
  view.note(`waiting for ${count} agents at ${engine.description}${how}`);
  return {
    async admit(scenario, plan, endpoints, signal) {
      requireParts(plan, count);
      refuseDelays(scenario);
      refuseGroupProtocols(scenario);
      const run = `${plan.runId}-${randomBytes(4).toString('hex')}`;
      const module = hashOwnModule(scenario);
      const needs = await listNeeds(scenario, plan, endpoints, count, module);
      const agents = await admitAgents({
        engine,
        clock: monotonicClock,
        call: { version: readVersion(), run, needs },
        count,
        signal,
        onHello: (agent) => view.note(describeHello(agent)),
      });
      if (agents === null) return null;
      const lost = new AbortController();
      let firstLoss: string | null = null;
      const fleet = createRemoteFleet({
        engine,
        clock: monotonicClock,
        run,
        agents,
        controller,
        moduleHash: module,
        onLost(reason) {
          firstLoss ??= reason;
          view.note(onAgentLost === 'stop' ? `${reason}: ending the run` : reason);
          if (onAgentLost === 'stop') lost.abort();
        },
      });
      return {
        fleet,
        shards: splitAmong(plan, agents, capacity),
        lost: lost.signal,
        lossReason: () => firstLoss,
        close: fleet.close,
      };
    },
    close,
  };
}

function refuseWithoutAgents({ listen, engine }: AgentOptions): void {
  const flag = listen === undefined ? '--engine' : '--listen';
  if (listen === undefined && engine === undefined) return;
  throw new ChatbenchError('usage', `${flag}: nobody is to join, expected --agents beside it`);
}

/** The proxies that delay stand on loopback, where agents of other machines find nothing. */
function refuseDelays({ faults }: Scenario): void {
  if (!faults.some(({ action }) => action === 'delay')) return;
  throw new ChatbenchError(
    'usage',
    '--agents: a fault of the scenario delays the network, which it can on this machine only',
    {
      hint: 'leave the fault out, or run without --agents',
    },
  );
}

function refuseGroupProtocols({ groups = [] }: Scenario): void {
  const own = groups.find(({ protocol }) => protocol !== undefined);
  if (own === undefined) return;
  throw new ChatbenchError(
    'usage',
    `--agents: the group "${own.name}" has a protocol of its own, which agents are not told`,
    {
      hint: 'leave the protocol of the group out, or run without --agents',
    },
  );
}

/** Every agent has a part of the clients; of a closed loop, whose rooms stay whole, one room at least. */
function requireParts(plan: RunPlan, count: number): void {
  const most = countPossibleShards(plan);
  if (most >= count) return;
  const parts = most === plan.rooms ? 'rooms' : 'clients';
  throw new ChatbenchError(
    'usage',
    `--agents ${count}: the scenario has ${most} ${parts}, and an agent needs one at least`,
    {
      hint: `ask for ${most} agents at most, or for more ${parts}: --clients, --room-size`,
    },
  );
}

/** As many shards of equal size for each, as long as there are rooms; where there are fewer than agents, rooms are split. */
function splitAmong(plan: RunPlan, agents: readonly AgentHello[], capacity: ShardCapacity): readonly Shard[] {
  const clients = agents.reduce(
    (files, { openFilesLimit }) => Math.min(files, openFilesLimit ?? files),
    capacity.clients,
  );
  const cores = agents.reduce((sum, agent) => sum + Math.max(1, agent.cores - 1), 1);
  const wanted = Math.max(agents.length, chooseShardCount(plan, { ...capacity, clients }, cores));
  const most = wanted <= plan.rooms ? plan.rooms : countPossibleShards(plan);
  const count = Math.min(most, Math.ceil(wanted / agents.length) * agents.length);
  return splitPlan(plan, count, clients);
}

async function listNeeds(
  scenario: Scenario,
  plan: RunPlan,
  endpoints: readonly string[],
  count: number,
  module: string | null,
): Promise<Needs> {
  const protocol = await selectProtocol(scenario.protocol, process.env);
  const { phases, load, traffic } = plan;
  const beside = traffic.reduce((sum, { perSecond }) => sum + perSecond, 0);
  return {
    variables: [...listVariables(JSON.stringify(scenario.protocol))],
    modules: module === null ? [] : [module],
    hosts: listHosts(protocol, endpoints),
    clients: Math.ceil(plan.clients / count),
    perSecond: load.loop === 'closed' ? null : (peakRate(load.stages) + beside) / count,
    durationUs: phases.warmupUs + phases.measureUs + phases.drainTimeoutUs,
  };
}

function hashOwnModule({ protocol }: Scenario): string | null {
  return typeof protocol === 'object' && protocol.kind === 'module' ? hashModule(protocol.file) : null;
}
