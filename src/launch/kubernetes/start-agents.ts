import { type Clock, pause } from '../../clock.ts';
import { ChatbenchError } from '../../errors.ts';
import {
  type AgentJobRequest,
  buildAgentManifests,
  COMPONENT_LABEL,
  ENGINE_PORT,
  INSTANCE_LABEL,
  nameEngine,
  nameJob,
} from './agent-manifests.ts';
import { type ForwardedPort, forwardPort } from './forward-port.ts';
import type { Kubectl } from './kubectl.ts';
import { type PodReport, readPods } from './read-pods.ts';

export interface StartedAgents {
  /** Where the engine is reached from here. */
  readonly url: string;
  /** Removes all of it; yields what is left to do where that fails, else null. Never rejects. */
  stop(): Promise<string | null>;
}

export interface StartOptions {
  readonly kubectl: Kubectl;
  readonly clock: Clock;
  /** Gives up before all of it is there. */
  readonly signal: AbortSignal;
  /** What happens meanwhile, in a line. */
  tell(text: string): void;
}

const ENGINE_PATIENCE_S = 180;
/** An image may have to be fetched, and a machine for it to be started first. */
const PATIENCE_US = 600_000_000;
const LOOK_EVERY_US = 1_000_000;

/**
 * Makes engine and agents in a cluster, and leads a port of this machine to the engine. What was made is removed again whatever
 * comes: by `stop`, upon failure, when this process exits without it, and after it has gone without a word by the cluster itself,
 * since all of it belongs to the job, whose time is limited.
 *
 * @returns null where the signal aborts before
 * @throws ChatbenchError `target-unavailable` with what kubectl says, and what keeps the pods
 */
export async function startAgentsOnKubernetes(
  request: AgentJobRequest,
  options: StartOptions,
): Promise<StartedAgents | null> {
  const { kubectl, signal, tell } = options;
  const removal = listRemoval(request.name);
  let forwarded: ForwardedPort | null = null;
  const removeAtExit = () => {
    void forwarded?.stop();
    kubectl.leaveBehind(removal);
  };
  const stop = async () => {
    await forwarded?.stop();
    const left = await kubectl.run(removal).then(
      () => null,
      (error: Error) => `${error.message}; still to be removed ${kubectl.place}: kubectl ${removal.join(' ')}`,
    );
    // Not before: a kubectl whose reader has gone ends at the first line that it says.
    process.off('exit', removeAtExit);
    return left;
  };
  process.once('exit', removeAtExit);
  let failure: unknown = null;
  try {
    await create(request, kubectl);
    tell(`made ${request.agents} agents ${kubectl.place}: job ${nameJob(request.name)}`);
    const engine = nameEngine(request.name);
    const rollout = ['rollout', 'status', `deployment/${engine}`, `--timeout=${ENGINE_PATIENCE_S}s`];
    await kubectl.run(rollout, { signal });
    forwarded = await forwardPort(kubectl, `service/${engine}`, ENGINE_PORT);
    await awaitPods(request, options);
    if (!signal.aborted) return { url: `tls://127.0.0.1:${forwarded.port}`, stop };
  } catch (error) {
    failure = signal.aborted ? null : await explain(error, request.name, kubectl);
  }
  const left = await stop();
  if (left !== null) tell(left);
  if (failure !== null) throw failure;
  return null;
}

/** The job first: whatever is made after it belongs to it. Its pods wait for their secret. */
async function create(request: AgentJobRequest, kubectl: Kubectl): Promise<void> {
  const { job } = buildAgentManifests(request);
  const uid = await kubectl.run([...CREATE, '-o', 'jsonpath={.metadata.uid}'], { input: JSON.stringify(job) });
  const { others } = buildAgentManifests(request, uid.trim());
  await kubectl.run(CREATE, { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: others }) });
}

// `apply` would keep a copy of every secret in an annotation, and what is made anew each time has nothing to be merged with.
const CREATE = ['create', '--request-timeout=30s', '-f', '-'];

function listRemoval(name: string): readonly string[] {
  return [
    ...['delete', 'job,deployment,service,secret,poddisruptionbudget', `--selector=${INSTANCE_LABEL}=${name}`],
    ...['--ignore-not-found', '--wait=false', '--request-timeout=30s'],
  ];
}

/** Until all agents are there, or the signal aborts. */
async function awaitPods(
  { name, agents }: AgentJobRequest,
  { kubectl, clock, signal, tell }: StartOptions,
): Promise<void> {
  const giveUpAtUs = clock.nowUs() + PATIENCE_US;
  let told = '';
  while (!signal.aborted) {
    const { ready, hasFailed, troubles } = await lookAtPods(
      kubectl,
      `${INSTANCE_LABEL}=${name},${COMPONENT_LABEL}=agent`,
    );
    if (ready >= agents) return;
    if (hasFailed || clock.nowUs() > giveUpAtUs) {
      throw new ChatbenchError('target-unavailable', `--on kubernetes: ${ready} of ${agents} agents are there`);
    }
    const news = [`${ready} of ${agents} agents are there`, ...troubles].join('; ');
    if (news !== told) tell(news);
    told = news;
    await pause(clock, LOOK_EVERY_US);
  }
}

async function lookAtPods(kubectl: Kubectl, selector: string): Promise<PodReport> {
  return readPods(await kubectl.run(['get', 'pods', `--selector=${selector}`, '-o', 'json', '--request-timeout=10s']));
}

async function explain(error: unknown, name: string, kubectl: Kubectl): Promise<unknown> {
  if (!(error instanceof ChatbenchError)) return error;
  const report = await lookAtPods(kubectl, `${INSTANCE_LABEL}=${name}`).catch(() => null);
  if (report === null || report.troubles.length === 0) return error;
  return new ChatbenchError('target-unavailable', [error.message, ...report.troubles].join('; '), {
    hint: '--image has to be one that the nodes can fetch, of this version; each agent asks for 1 CPU and 2 GiB',
    cause: error,
  });
}
