import { randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { monotonicClock } from '../../clock.ts';
import { ChatbenchError } from '../../errors.ts';
import { createKeyPair, readKeyPair } from '../../fleet/remote/keys.ts';
import { connectNatsEngine } from '../../fleet/remote/nats-engine.ts';
import { buildAgentManifests, nameEngine } from '../../launch/kubernetes/agent-manifests.ts';
import { findKubectl } from '../../launch/kubernetes/kubectl.ts';
import { startAgentsOnKubernetes } from '../../launch/kubernetes/start-agents.ts';
import { rememberSecret } from '../../redact.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { printNote } from '../print.ts';
import type { RunView } from '../run/run-view.ts';
import type { AgentOptions } from './agent-options.ts';
import { describeAgentJob } from './describe-agent-job.ts';
import {
  type AgentKeys,
  type ControllerKeys,
  defaultKeyDirectory,
  readAgentKeys,
  readControllerKeys,
} from './key-files.ts';
import { makeCertificate } from './make-certificate.ts';
import { type OpenEngine, secureEngine } from './open-engine.ts';

/**
 * Starts an engine and agents in the cluster of the user's kubectl, with keys that are made for this run and kept nowhere.
 *
 * @returns null where the signal aborts before they are there; nothing is left of them then
 */
export async function openOnKubernetes(
  scenario: Scenario,
  options: AgentOptions,
  view: RunView,
  signal: AbortSignal,
): Promise<OpenEngine | null> {
  const job = await describeAgentJob(scenario, options);
  const kubectl = await findKubectl(job.namespace);
  const name = `chatbench-${randomBytes(4).toString('hex')}`;
  const { controller, agent } = await makeKeys(name);
  const started = await startAgentsOnKubernetes(
    { ...job, name, security: secureEngine(controller), agentKey: JSON.stringify(agent) },
    { kubectl, clock: monotonicClock, signal, tell: (text) => view.note(text) },
  );
  if (started === null) return null;
  const stop = async () => {
    const left = await started.stop();
    if (left !== null) printNote(`warning: ${left}`);
  };
  try {
    const { seed, certificate: ca } = controller;
    const engine = await connectNatsEngine({ url: started.url, seed, ca, name: 'chatbench controller' }, false);
    return {
      engine,
      controller: readKeyPair(seed),
      joinHint: null,
      async close() {
        await engine.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** One key for all agents of a job: they read the same secret, so that a key each would keep nothing apart. */
async function makeKeys(name: string): Promise<{ readonly controller: ControllerKeys; readonly agent: AgentKeys }> {
  const [controller, agent] = [createKeyPair(), createKeyPair()];
  const { certificate, privateKey } = await makeCertificate([nameEngine(name)]);
  for (const secret of [controller.seed, agent.seed, privateKey]) rememberSecret(secret);
  return {
    controller: {
      kind: 'chatbench-controller',
      seed: controller.seed,
      agents: [agent.publicKey],
      certificate,
      privateKey,
    },
    agent: { kind: 'chatbench-agent', seed: agent.seed, controller: controller.publicKey, certificate },
  };
}

/** What is applied by others stands for longer than a run: its name is always the same. */
const PRINTED_NAME = 'chatbench';

/**
 * The same for whoever applies it by other means, as YAML, with the keys of `agents keygen`. It holds secrets.
 *
 * @throws ChatbenchError `usage` without keys, or with some for another host
 */
export async function renderAgentManifests(scenario: Scenario, options: AgentOptions): Promise<string> {
  const job = await describeAgentJob(scenario, options);
  const directory = options.agentKeys ?? defaultKeyDirectory();
  const host = nameEngine(PRINTED_NAME);
  const keygen = `chatbench agents keygen --host ${host} --out DIR`;
  const controller = readControllerKeys(directory);
  if (controller === null) {
    throw new ChatbenchError('usage', `--print: agents need keys, and ${directory} holds none`, {
      hint: `make them with ${keygen}, and give --agent-keys DIR here and with the run`,
    });
  }
  if (new X509Certificate(controller.certificate).checkHost(host) === undefined) {
    throw new ChatbenchError('usage', `--print: the certificate in ${directory} is not for ${host}`, {
      hint: `make keys for it with ${keygen}, and give --agent-keys DIR`,
    });
  }
  const path = join(directory, 'agent-1.key');
  readAgentKeys(path);
  const request = {
    ...job,
    name: PRINTED_NAME,
    security: secureEngine(controller),
    agentKey: readFileSync(path, 'utf8'),
  };
  const { job: agents, others } = buildAgentManifests(request);
  return [...others, agents].map((manifest) => stringify(manifest, { lineWidth: 0 })).join('---\n');
}
