import { ChatbenchError } from '../../errors.ts';
import type { AgentJobRequest } from '../../launch/kubernetes/agent-manifests.ts';
import { listVariables } from '../../placeholders.ts';
import { selectProtocol } from '../../protocol/select-protocol.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { listHosts } from '../run/admit-target.ts';
import type { AgentOptions } from './agent-options.ts';
import { isLoopback } from './engine-options.ts';
import { defaultImage } from './kubernetes-options.ts';

/** What a scenario says of the agents of its run; who they are and how they meet is said elsewhere. */
export type AgentJob = Omit<AgentJobRequest, 'name' | 'security' | 'agentKey'>;

/** What one agent of a core or two holds without doubt; see docs/scale.md. */
const CLIENTS_PER_AGENT = 15_000;

/** To fetch images, wait for machines, connect, agree on a start, and pause now and then. */
const BESIDE_SECONDS = 3_600;
/** How many runs an experiment takes, and when somebody starts one by hand, is not known before. */
const LONGEST_SECONDS = 86_400;

/** So many agents take part: as many as are asked for, or as the clients need. */
export function countAgents({ population }: Scenario, { agents }: AgentOptions): number {
  return agents ?? Math.ceil(population.clients / CLIENTS_PER_AGENT);
}

/** @throws ChatbenchError `usage` for what pods cannot do */
export async function describeAgentJob(scenario: Scenario, options: AgentOptions): Promise<AgentJob> {
  const { namespace = null, image = defaultImage(), envSecret = null, onAgentLost, print = false } = options;
  const variables = [...listVariables(JSON.stringify(scenario.protocol))];
  if (variables.length > 0 && envSecret === null) {
    throw new ChatbenchError(
      'usage',
      `--on kubernetes: the protocol needs ${variables.join(', ')}, expected --env-secret`,
      {
        hint: 'kubectl create secret generic NAME --from-literal=VARIABLE=VALUE, and --env-secret NAME: values travel by no other way',
      },
    );
  }
  return {
    namespace,
    image,
    agents: countAgents(scenario, options),
    hosts: await listReachableHosts(scenario),
    variables,
    variablesFrom: envSecret,
    isOnce: scenario.experiment === null,
    goesOnWithoutLost: onAgentLost === 'continue',
    deadlineSeconds: scenario.experiment === null && !print ? limitRun(scenario) : LONGEST_SECONDS,
  };
}

async function listReachableHosts({ target, protocol: spec }: Scenario): Promise<readonly string[]> {
  if (target.url === null) {
    throw new ChatbenchError('usage', `--on kubernetes: pods do not reach target ${target.kind} on this machine`, {
      hint: 'give an address that they reach, such as --target ws://gateway.chat.svc:8080/ws',
    });
  }
  if (typeof spec === 'object' && spec.kind === 'module') {
    throw new ChatbenchError('usage', `--on kubernetes: ${spec.file} is not in the image of the agents`, {
      hint: 'describe the protocol as YAML (docs/protocols.md), or start agents yourself with --allow-module',
    });
  }
  const protocol = await selectProtocol(spec, process.env);
  const hosts = listHosts(protocol, [target.url, ...target.further]);
  const own = hosts.find(isLoopback);
  if (own === undefined) return hosts;
  throw new ChatbenchError('usage', `--on kubernetes: ${own} is another machine in each pod`, {
    hint: 'give an address that they reach, such as --target ws://gateway.chat.svc:8080/ws',
  });
}

function limitRun({ phases, population }: Scenario): number {
  const { clients, connectPerSecond } = population;
  const lengthUs = phases.warmupUs + phases.measureUs + phases.drainTimeoutUs;
  return BESIDE_SECONDS + Math.ceil(lengthUs / 1e6 + (connectPerSecond === null ? 0 : clients / connectPerSecond));
}
