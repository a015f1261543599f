import { Deployment } from 'kubernetes-models/apps/v1';
import { type IJob, Job } from 'kubernetes-models/batch/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { type IPodSpec, type ISecret, Secret, Service } from 'kubernetes-models/v1';
import { describe, expect, test } from 'vitest';
import { AGENT_JOB } from '../../testing/kubernetes/agent-job-fixture.ts';
import { type AgentJobRequest, type AgentManifest, buildAgentManifests } from './agent-manifests.ts';

/** By Kubernetes' own schemas. */
function validate(manifest: AgentManifest): void {
  const models = { Deployment, Job, PodDisruptionBudget, Secret, Service };
  new models[manifest.kind as keyof typeof models](manifest as never).validate();
}

function build(changes: Partial<AgentJobRequest> = {}, uid: string | null = null) {
  const { job, others } = buildAgentManifests({ ...AGENT_JOB, ...changes }, uid);
  const find = <Kind extends AgentManifest>(kind: string, name: string) =>
    others.find((one) => one.kind === kind && one.metadata?.name === name) as Kind;
  return { job, others, find };
}

function podsOf({ others, job }: ReturnType<typeof build>): IPodSpec[] {
  const deployments = others.filter(({ kind }) => kind === 'Deployment') as IJob[];
  return [...deployments, job].map((one) => one.spec!.template.spec!);
}

describe('what is made for agents', () => {
  test.each<[string, Partial<AgentJobRequest>, string | null]>([
    ['as it is made', {}, 'b5a1-uid'],
    ['as it is printed, in the usual namespace', { namespace: null }, null],
    ['without variables, for many runs', { variables: [], variablesFrom: null, isOnce: false }, null],
    ['of a thousand agents that go on without one', { agents: 1_000, goesOnWithoutLost: true }, null],
  ])('is valid, %s', (_, changes, uid) => {
    const { job, others } = build(changes, uid);
    for (const manifest of [job, ...others]) expect(() => validate(manifest), manifest.kind).not.toThrow();
  });

  test.each<[string, (job: IJob) => void]>([
    ['a number that is a text', ({ spec }) => Object.assign(spec!, { completions: '2' })],
    ['a pod without containers', ({ spec }) => Reflect.deleteProperty(spec!.template.spec!, 'containers')],
    [
      'a quantity of nothing',
      ({ spec }) => Object.assign(spec!.template.spec!.containers[0]!, { resources: { requests: [] } }),
    ],
  ])('would not be, with %s', (_, spoil) => {
    const job = structuredClone(build().job);
    spoil(job);
    expect(() => validate(job)).toThrow();
  });

  test('belongs to the job where that is there, and to nobody else', () => {
    expect(build().others.map(({ metadata }) => metadata?.ownerReferences)).toEqual([...new Array(5)]);
    for (const { metadata } of build({}, 'b5a1').others)
      expect(metadata?.ownerReferences).toMatchObject([{ uid: 'b5a1' }]);
  });

  test('is found by one label, in one namespace, under names that one label of DNS holds', () => {
    const { job, others } = build();
    for (const { metadata } of [job, ...others]) {
      expect(metadata).toMatchObject({ namespace: 'load', labels: { 'app.kubernetes.io/instance': 'load-1' } });
      expect(metadata!.name).toMatch(/^load-1-(engine|agents)$/);
    }
  });

  test('runs as nobody who matters, on file systems that cannot be written to, and speaks to no API', () => {
    for (const pod of podsOf(build())) {
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      });
      for (const { securityContext } of pod.containers) {
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
      }
    }
  });
});

describe('the job', () => {
  test('starts as many pods at once as agents, each of them once, and ends', () => {
    expect(build({ agents: 7 }).job.spec).toMatchObject({
      completions: 7,
      parallelism: 7,
      completionMode: 'Indexed',
      backoffLimit: 0,
      activeDeadlineSeconds: 3_700,
      ttlSecondsAfterFinished: 600,
      template: { spec: { restartPolicy: 'Never' } },
    });
  });

  test('is not ended by one that fails where the others are to go on; that one is not started again either', () => {
    const { spec } = build({ goesOnWithoutLost: true }).job;
    expect(spec).toMatchObject({ backoffLimitPerIndex: 0 });
    expect(spec).not.toHaveProperty('backoffLimit');
  });

  test('has its pods on as many machines as there are, and none of them moved', () => {
    const { job, find } = build();
    const { metadata, spec } = job.spec!.template;
    expect(spec!.topologySpreadConstraints).toEqual([
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: metadata!.labels },
      },
    ]);
    expect(metadata!.annotations).toMatchObject({ 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false' });
    expect(find('PodDisruptionBudget', 'load-1-agents')).toMatchObject({
      spec: { minAvailable: 2, selector: { matchLabels: metadata!.labels } },
    });
  });

  test('tells its agents where to join, what they may load and which variables they may use', () => {
    const [agent] = build().job.spec!.template.spec!.containers;
    expect(agent).toMatchObject({
      image: 'registry.example/chatbench:1.2.3',
      args: [
        ...['agent', '--join', 'tls://load-1-engine:4222', '--key', '/etc/chatbench/agent.key'],
        ...['--allow-target', 'chat.example', '--allow-env', 'TOKEN', '--once'],
      ],
      env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'chat-tokens', key: 'TOKEN' } } }],
    });
    expect(build({ isOnce: false }).job.spec!.template.spec!.containers[0]!.args).not.toContain('--once');
  });
});

describe('the engine', () => {
  test('is found under the name that agents join, at the port that it listens on', () => {
    const { find, others } = build();
    const labels = (others.find(({ kind }) => kind === 'Deployment') as IJob).spec!.template.metadata!.labels;
    expect(find('Service', 'load-1-engine')).toMatchObject({
      spec: { selector: labels, ports: [{ port: 4222, targetPort: 'nats' }] },
    });
  });

  test('knows who may do what, and keeps its private key from agents', () => {
    const { find } = build();
    const decode = ({ data }: ISecret) =>
      Object.fromEntries(Object.entries(data!).map(([name, text]) => [name, Buffer.from(text, 'base64').toString()]));
    const engine = decode(find('Secret', 'load-1-engine'));
    expect(JSON.parse(engine['engine.conf']!)).toMatchObject({
      listen: '0.0.0.0:4222',
      tls: { cert_file: '/etc/engine/engine.crt', key_file: '/etc/engine/engine.pem' },
      authorization: { users: [{ nkey: 'UCONTROLLER' }, { nkey: 'UAGENT', permissions: { subscribe: ['cb.call'] } }] },
    });
    expect(engine).toMatchObject({ 'engine.crt': 'CERTIFICATE', 'engine.pem': 'PRIVATE KEY' });
    expect(decode(find('Secret', 'load-1-agents'))).toEqual({ 'agent.key': '{"seed":"SUAGENT"}' });
  });

  test('and agents mount what they read, and have their own to mount', () => {
    const { find, ...built } = build();
    for (const { containers, volumes } of podsOf({ find, ...built })) {
      expect(containers[0]!.volumeMounts!.map(({ name }) => name)).toEqual(volumes!.map(({ name }) => name));
      for (const { secret } of volumes!) {
        if (secret !== undefined) expect(find('Secret', secret.secretName!), secret.secretName).toBeDefined();
      }
    }
  });
});
