import type { IDeployment } from 'kubernetes-models/apps/v1';
import type { IJob } from 'kubernetes-models/batch/v1';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1';
import type { IPodSpec, ISecret, IService } from 'kubernetes-models/v1';
import { renderEngineConfig } from '../engine/engine-config.ts';
import type { EngineSecurity } from '../engine/start-engine.ts';

export interface AgentJobRequest {
  /** Of all that is made; a label of DNS, 40 characters at most. */
  readonly name: string;
  /** Null: the one of whoever applies them. */
  readonly namespace: string | null;
  /** One that deploy/Dockerfile builds, of this version. */
  readonly image: string;
  readonly agents: number;
  /** Hosts that the agents may load. */
  readonly hosts: readonly string[];
  /** Environment variables that they may put into messages, each a key of `variablesFrom`. */
  readonly variables: readonly string[];
  /** A secret that is there; null where there are no variables. */
  readonly variablesFrom: string | null;
  /** Each leaves after one run. */
  readonly isOnce: boolean;
  /** One that fails leaves the others running; else the job fails with it. */
  readonly goesOnWithoutLost: boolean;
  /** After so long all of them end, whatever they do. */
  readonly deadlineSeconds: number;
  readonly security: EngineSecurity;
  /** Text of the agents' key file. */
  readonly agentKey: string;
}

export type AgentManifest = ISecret | IService | IDeployment | IPodDisruptionBudget | IJob;

export interface AgentManifests {
  readonly job: IJob;
  /** What is of use only as long as the job is there. */
  readonly others: readonly AgentManifest[];
}

export const ENGINE_PORT = 4222;
/** By this label all of one request is found. */
export const INSTANCE_LABEL = 'app.kubernetes.io/instance';
export const COMPONENT_LABEL = 'app.kubernetes.io/component';

/** How agents in the same namespace find the engine: a name that its certificate has to hold. */
export function nameEngine(name: string): string {
  return `${name}-engine`;
}

export function nameJob(name: string): string {
  return `${name}-agents`;
}

/**
 * A NATS server that asks for keys, and an indexed job of agents that join it. A pod that ends is never started again, moved or evicted:
 * half of a run in another place would be another run.
 *
 * @param jobUid of the job once it is there: what belongs to it goes with it, whoever removes it
 */
export function buildAgentManifests(request: AgentJobRequest, jobUid: string | null = null): AgentManifests {
  const owned = jobUid === null ? {} : { ownerReferences: [ownJob(request, jobUid)] };
  const others = [
    describeEngineSecret(request),
    describeAgentSecret(request),
    describeService(request),
    describeEngine(request),
    describeBudget(request),
  ].map((manifest): AgentManifest => ({ ...manifest, metadata: { ...manifest.metadata, ...owned } }));
  return { job: describeJob(request), others };
}

function ownJob({ name }: AgentJobRequest, uid: string) {
  return { apiVersion: 'batch/v1', kind: 'Job', name: nameJob(name), uid };
}

type Component = 'engine' | 'agent';

function labels({ name }: AgentJobRequest, component: Component): Record<string, string> {
  return { 'app.kubernetes.io/name': 'chatbench', [INSTANCE_LABEL]: name, [COMPONENT_LABEL]: component };
}

function metadata(request: AgentJobRequest, component: Component, name: string) {
  const { namespace } = request;
  return { name, ...(namespace === null ? {} : { namespace }), labels: labels(request, component) };
}

const ENGINE_FILES = '/etc/engine';
const KEY_FILES = '/etc/chatbench';

function describeEngineSecret(request: AgentJobRequest): ISecret {
  const { name, security } = request;
  const config = renderEngineConfig({
    name,
    host: '0.0.0.0',
    port: ENGINE_PORT,
    security: {
      certificateFile: `${ENGINE_FILES}/engine.crt`,
      keyFile: `${ENGINE_FILES}/engine.pem`,
      users: security.users,
    },
  });
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadata(request, 'engine', nameEngine(name)),
    type: 'Opaque',
    data: {
      'engine.conf': encode(config),
      'engine.crt': encode(security.certificate),
      'engine.pem': encode(security.privateKey),
    },
  };
}

/** Apart from the engine's: what an agent can read proves no engine. */
function describeAgentSecret(request: AgentJobRequest): ISecret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadata(request, 'agent', nameJob(request.name)),
    type: 'Opaque',
    data: { 'agent.key': encode(request.agentKey) },
  };
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}

function describeService(request: AgentJobRequest): IService {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(request, 'engine', nameEngine(request.name)),
    spec: {
      selector: labels(request, 'engine'),
      ports: [{ name: 'nats', port: ENGINE_PORT, targetPort: 'nats' }],
    },
  };
}

const ENGINE_IMAGE = 'nats:2.12.1-alpine';
/** No user of either image's root; secrets are read by their group. */
const USER = 1000;

const POD = {
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: USER,
    runAsGroup: USER,
    fsGroup: USER,
    seccompProfile: { type: 'RuntimeDefault' },
  },
} as const satisfies Partial<IPodSpec>;

const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

/** Neither of the two autoscalers of nodes moves such a pod to save a node. */
const STAYS = { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false', 'karpenter.sh/do-not-disrupt': 'true' };

/** For their owner and group alone. */
const SECRET_MODE = 0o440;

function describeEngine(request: AgentJobRequest): IDeployment {
  const own = labels(request, 'engine');
  const name = nameEngine(request.name);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(request, 'engine', name),
    spec: {
      replicas: 1,
      strategy: { type: 'Recreate' },
      selector: { matchLabels: own },
      template: {
        metadata: { labels: own, annotations: STAYS },
        spec: {
          ...POD,
          containers: [
            {
              name: 'nats',
              image: ENGINE_IMAGE,
              command: ['nats-server', '-c', `${ENGINE_FILES}/engine.conf`],
              securityContext: CONTAINER_SECURITY,
              ports: [{ name: 'nats', containerPort: ENGINE_PORT }],
              readinessProbe: { tcpSocket: { port: 'nats' }, periodSeconds: 1 },
              livenessProbe: { tcpSocket: { port: 'nats' }, periodSeconds: 10 },
              resources: { requests: { cpu: '500m', memory: '128Mi' }, limits: { memory: '512Mi' } },
              volumeMounts: [{ name: 'engine', mountPath: ENGINE_FILES, readOnly: true }],
            },
          ],
          volumes: [{ name: 'engine', secret: { secretName: name, defaultMode: SECRET_MODE } }],
        },
      },
    },
  };
}

/** Of pods of a job only a number that has to stay can be demanded, and none may go. */
function describeBudget(request: AgentJobRequest): IPodDisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata(request, 'agent', nameJob(request.name)),
    spec: {
      minAvailable: request.agents,
      selector: { matchLabels: labels(request, 'agent') },
    },
  };
}

/** What is there of a finished job, its log among it, can be read for so long. */
const KEPT_SECONDS = 600;

function describeJob(request: AgentJobRequest): IJob {
  const { agents, goesOnWithoutLost, deadlineSeconds } = request;
  const own = labels(request, 'agent');
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadata(request, 'agent', nameJob(request.name)),
    spec: {
      completions: agents,
      parallelism: agents,
      completionMode: 'Indexed',
      // Of the whole job it would end all others with the first that fails.
      ...(goesOnWithoutLost ? { backoffLimitPerIndex: 0 } : { backoffLimit: 0 }),
      activeDeadlineSeconds: deadlineSeconds,
      ttlSecondsAfterFinished: KEPT_SECONDS,
      template: { metadata: { labels: own, annotations: STAYS }, spec: describeAgentPod(request, own) },
    },
  };
}

function describeAgentPod(request: AgentJobRequest, own: Record<string, string>): IPodSpec {
  const { name, image, variables, variablesFrom } = request;
  return {
    ...POD,
    restartPolicy: 'Never',
    securityContext: {
      ...POD.securityContext,
      // One of those that every cluster lets a pod set: 64,000 connections to one address instead of 28,000.
      sysctls: [{ name: 'net.ipv4.ip_local_port_range', value: '1024 65535' }],
    },
    // Two on one machine would share its network and its cores.
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: own },
      },
    ],
    containers: [
      {
        name: 'agent',
        image,
        args: listAgentArguments(request),
        env: variables.map((variable) => ({
          name: variable,
          valueFrom: { secretKeyRef: { name: variablesFrom ?? name, key: variable } },
        })),
        securityContext: CONTAINER_SECURITY,
        // No limit of CPU time: a generator that is throttled measures the throttle.
        resources: { requests: { cpu: '1', memory: '2Gi' }, limits: { memory: '2Gi' } },
        volumeMounts: [
          { name: 'key', mountPath: KEY_FILES, readOnly: true },
          { name: 'reports', mountPath: '/work/reports' },
          { name: 'tmp', mountPath: '/tmp' },
        ],
      },
    ],
    volumes: [
      { name: 'key', secret: { secretName: nameJob(name), defaultMode: SECRET_MODE } },
      { name: 'reports', emptyDir: {} },
      { name: 'tmp', emptyDir: {} },
    ],
  };
}

function listAgentArguments({ name, hosts, variables, isOnce }: AgentJobRequest): string[] {
  return [
    ...['agent', '--join', `tls://${nameEngine(name)}:${ENGINE_PORT}`, '--key', `${KEY_FILES}/agent.key`],
    ...hosts.flatMap((host) => ['--allow-target', host]),
    ...variables.flatMap((variable) => ['--allow-env', variable]),
    ...(isOnce ? ['--once'] : []),
  ];
}
