import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { gatewayConfig } from '../../cluster/gateway/gateway-config.ts';
import { metricOf } from '../../cluster/metrics/figures.ts';
import { PARTITIONS } from '../../cluster/ports/partitions.ts';
import { workerConfig } from '../../cluster/worker/worker-config.ts';
import { findBrokenLinks } from '../../testing/kubernetes/find-broken-links.ts';
import {
  adapterModel,
  kustomizationModel,
  type Manifest,
  manifestModel,
  type Workload,
} from '../../testing/kubernetes/manifest-models.ts';

const FOLDER = new URL('../../../deploy/kubernetes/', import.meta.url);
const kustomization = kustomizationModel.parse(parse(readFile('kustomization.yaml')));
const raw = kustomization.resources.flatMap((file) =>
  parseAllDocuments(readFile(file)).map((document) => {
    expect(document.errors, file).toEqual([]);
    return document.toJS() as unknown;
  }),
);
const manifests = raw.map((document) => manifestModel.parse(document));
const workloads = ofKind('Deployment', 'StatefulSet');

function readFile(name: string): string {
  return readFileSync(new URL(name, FOLDER), 'utf8');
}

function ofKind<Kind extends Manifest['kind']>(...kinds: Kind[]): Extract<Manifest, { kind: Kind }>[] {
  return manifests.filter((it): it is Extract<Manifest, { kind: Kind }> => kinds.includes(it.kind as Kind));
}

function find(name: string): Workload {
  const found = workloads.find(({ metadata }) => metadata.name === name);
  if (found === undefined) throw new Error(`expected a workload ${name}`);
  return found;
}

test('what is applied is all that is there, and every file of it', () => {
  const beside = ['kustomization.yaml', 'prometheus-adapter.values.yaml'];
  expect([...kustomization.resources, ...beside].sort()).toEqual(readdirSync(FOLDER).sort());
  for (const file of kustomization.resources) expect(existsSync(new URL(file, FOLDER)), file).toBe(true);
  expect(workloads.map(({ metadata }) => metadata.name).sort()).toEqual([
    'gateway',
    'postgres',
    'rabbitmq',
    'redis',
    'worker',
  ]);
});

test('names, ports and selectors lead to what is there', () => {
  expect(findBrokenLinks(manifests)).toEqual([]);
});

/** Where in which kind of object, and what comes to stand there. */
const MUTATIONS: [string, Manifest['kind'], string, unknown][] = [
  ['a misspelt field', 'Deployment', 'spec.template.spec.containers.0.livenessProbe.periodSecond', 5],
  ['a misspelt field of the pod', 'StatefulSet', 'spec.template.spec.automountServiceAcountToken', false],
  ['a field of the wrong kind', 'Deployment', 'spec.replicas', '2'],
  ['a token that is mounted', 'Deployment', 'spec.template.spec.automountServiceAccountToken', true],
  ['a selector that misses', 'Service', 'spec.selector.app', 'gatway'],
  ['a workload that misses its own pods', 'Deployment', 'spec.selector.matchLabels.app', 'gatway'],
  ['an unknown port of a service', 'Service', 'spec.ports.0.targetPort', 'web'],
  ['another number of a port', 'Service', 'spec.ports.0.port', 8081],
  ['an unknown port of a probe', 'Deployment', 'spec.template.spec.containers.0.readinessProbe.httpGet.port', 'web'],
  ['a scrape at no port', 'Deployment', 'spec.template.metadata.annotations.prometheus·io/port', '9090'],
  [
    'spread over others',
    'Deployment',
    'spec.template.spec.topologySpreadConstraints.0.labelSelector.matchLabels.app',
    'x',
  ],
  ['an autoscaler of nothing', 'HorizontalPodAutoscaler', 'spec.scaleTargetRef.name', 'gateways'],
  ['an autoscaler of another kind', 'HorizontalPodAutoscaler', 'spec.scaleTargetRef.kind', 'StatefulSet'],
  ['a budget of nobody', 'PodDisruptionBudget', 'spec.selector.matchLabels.app', 'gatway'],
  ['a budget that holds nobody', 'PodDisruptionBudget', 'spec.maxUnavailable', 2],
  ['a policy of nobody', 'NetworkPolicy', 'spec.podSelector.matchLabels.app', 'gatway'],
  ['a policy for an unknown port', 'NetworkPolicy', 'spec.ingress.0.ports.0.port', 'htp'],
  ['a policy towards nobody', 'NetworkPolicy', 'spec.egress.0.to.0.podSelector.matchLabels.app', 'rabbit'],
  ['a policy towards an unknown port', 'NetworkPolicy', 'spec.egress.0.ports.0.port', 'http'],
  ['an ingress to no service', 'Ingress', 'spec.rules.0.http.paths.0.backend.service.name', 'gateways'],
  ['an ingress to no port', 'Ingress', 'spec.rules.0.http.paths.0.backend.service.port.name', 'https'],
  ['an ingress without certificate', 'Ingress', 'spec.rules.0.host', 'other.example.com'],
  ['a set without its service', 'StatefulSet', 'spec.serviceName', 'rabbit'],
  ['a mount of nothing', 'StatefulSet', 'spec.template.spec.containers.0.volumeMounts.0.name', 'dat'],
  ['a variable of nothing', 'Deployment', 'spec.template.spec.containers.0.env.1.name', 'PASWORD'],
  ['a name that is taken', 'NetworkPolicy', 'metadata.name', 'worker'],
];

test.each(MUTATIONS)('%s is found', (_, kind, path, value) => {
  const copy = structuredClone(raw) as { kind: string; metadata: { name: string } }[];
  const victim = copy.find((it) => it.kind === kind && (kind === 'StatefulSet' || it.metadata.name === 'gateway'))!;
  const keys = path.split('.').map((key) => key.replace('·', '.'));
  const holder = keys.slice(0, -1).reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], victim);
  (holder as Record<string, unknown>)[keys.at(-1)!] = value;
  const complaints = () => findBrokenLinks(copy.map((it) => manifestModel.parse(it)));
  let found: string[];
  try {
    found = complaints();
  } catch (error) {
    found = [(error as Error).message];
  }
  expect(found).not.toEqual([]);
  // Of this mistake, and no other.
  expect(found.length).toBeLessThanOrEqual(path === 'spec.selector.matchLabels.app' ? 1 : 3);
});

test('no service binds clients to a gateway, and none is open to the outside', () => {
  for (const { spec } of ofKind('Service')) expect(spec.sessionAffinity ?? 'None').toBe('None');
});

test('from outside clients come to what is for them, and to nothing else', () => {
  const paths = ofKind('Ingress').flatMap(({ spec }) => spec.rules.flatMap(({ http }) => http.paths));
  expect(paths.map(({ path, pathType }) => `${pathType} ${path}`)).toEqual([
    'Exact /ws',
    'Prefix /rooms',
    'Prefix /api',
  ]);
});

test('every image has a version that does not float, and that of the program itself can be told in one place', () => {
  for (const { spec } of workloads) {
    // Postgres has no third number.
    expect(spec.template.spec.containers[0].image).toMatch(/^(postgres:\d+\.\d+|[a-z-]+:\d+\.\d+\.\d+)(-[a-z]+)?$/);
  }
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', FOLDER), 'utf8')) as { version: string };
  expect(kustomization.images).toEqual([{ name: 'chatbench-target', newTag: version }]);
});

test('secrets are referred to, never contained, and stand on no command line', () => {
  const containers = workloads.map(({ spec }) => spec.template.spec.containers[0]);
  const secret = containers.flatMap(({ env }) => env).filter(({ name }) => /PASS|AUTH/.test(name));
  expect(secret).toHaveLength(5);
  for (const { value, valueFrom } of secret) {
    expect([value, valueFrom?.secretKeyRef]).toEqual([undefined, { name: 'chatbench', key: 'password' }]);
  }
  for (const { command = [], args = [] } of containers) {
    // Kubernetes would put it in; a shell that reads $NAME does not show it.
    expect([...command, ...args].join(' ')).not.toMatch(/\$\(/);
  }
});

test('gateways and workers are given a configuration that they accept, which says nothing of how many they are', () => {
  const [gateway, worker] = [readConfig('gateway'), readConfig('worker')];
  expect(gatewayConfig.parse(gateway)).toMatchObject({ partitions: PARTITIONS, host: '0.0.0.0', port: 8080 });
  expect(workerConfig.parse(worker)).toMatchObject({ partitions: PARTITIONS, host: '0.0.0.0', port: 8080 });
  for (const key of ['partitions', 'workers', 'index', 'gateways']) {
    expect(gateway).not.toHaveProperty(key);
    expect(worker).not.toHaveProperty(key);
  }
});

test('the brokers that they are pointed at are services of these manifests, and let them in', () => {
  for (const node of ['gateway', 'worker']) {
    const config = readConfig(node) as Record<string, unknown>;
    const hosts = Object.entries(config).flatMap(([name, value]) =>
      name.endsWith('Url') ? [new URL(String(value)).hostname] : [],
    );
    expect(hosts.sort()).toEqual(['postgres', 'rabbitmq', 'redis']);
    const policies = ofKind('NetworkPolicy');
    const reached = policies.find(({ metadata }) => metadata.name === node)?.spec.egress.flatMap(({ to }) => to);
    for (const host of hosts) {
      expect(ofKind('Service').map(({ metadata }) => metadata.name)).toContain(host);
      expect(reached).toContainEqual({ podSelector: { matchLabels: { app: host } } });
      const admitted = policies
        .find(({ metadata }) => metadata.name === host)
        ?.spec.ingress.flatMap(({ from }) => from);
      expect(admitted).toContainEqual({ podSelector: { matchLabels: { app: node } } });
    }
  }
});

test('nobody is without a policy', () => {
  const guarded = ofKind('NetworkPolicy').map(({ spec }) => spec.podSelector.matchLabels.app);
  expect(guarded.sort()).toEqual(workloads.map(({ metadata }) => metadata.name).sort());
});

test('nodes are probed for life and readiness where they answer, and scraped there', () => {
  for (const name of ['gateway', 'worker']) {
    const { metadata, spec } = find(name).spec.template;
    const [{ livenessProbe, readinessProbe, ports }] = spec.containers;
    expect(livenessProbe.httpGet).toEqual({ path: '/healthz', port: ports[0]?.name });
    expect(readinessProbe.httpGet).toEqual({ path: '/health', port: ports[0]?.name });
    expect(metadata.annotations).toMatchObject({ 'prometheus.io/port': '8080', 'prometheus.io/path': '/metrics' });
  }
});

test('a gateway is left by its service before it is told to end, and has time for both', () => {
  const { containers, terminationGracePeriodSeconds = 30 } = find('gateway').spec.template.spec;
  const pause = containers[0].lifecycle?.preStop.sleep.seconds ?? 0;
  const { periodSeconds } = containers[0].readinessProbe;
  expect(pause).toBeGreaterThanOrEqual(periodSeconds);
  expect(terminationGracePeriodSeconds - pause).toBeGreaterThan(30);
});

test('nodes are spread over machines, and a drained machine takes one of them at a time', () => {
  for (const name of ['gateway', 'worker']) {
    expect(find(name).spec.template.spec.topologySpreadConstraints).toHaveLength(1);
    expect(ofKind('PodDisruptionBudget').map(({ metadata }) => metadata.name)).toContain(name);
  }
});

test('gateways are scaled by memory and by 5,000 connections each, which the adapter has a rule for', () => {
  const scaler = ofKind('HorizontalPodAutoscaler').find(({ metadata }) => metadata.name === 'gateway');
  const { name } = metricOf('connections');
  expect(scaler?.spec.metrics).toEqual([
    { type: 'Pods', pods: { metric: { name }, target: { type: 'AverageValue', averageValue: '5000' } } },
    {
      type: 'Resource',
      resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: expect.any(Number) } },
    },
  ]);
  const { rules } = adapterModel.parse(parse(readFile('prometheus-adapter.values.yaml')));
  const asked = ofKind('HorizontalPodAutoscaler').flatMap(({ spec }) =>
    spec.metrics.flatMap((metric) => (metric.type === 'Pods' ? [metric.pods.metric.name] : [])),
  );
  expect(rules.custom.map((rule) => rule.name.as).sort()).toEqual([...new Set(asked)].sort());
  for (const rule of rules.custom) {
    expect(rule.seriesQuery).toMatch(new RegExp(`^${rule.name.as}\\{namespace!="",pod!=""\\}$`));
    expect(Object.keys(rule.resources.overrides)).toEqual(['namespace', 'pod']);
  }
});

test('workers are scaled by the CPU that they ask for, two at least, and no more than there are partitions', () => {
  const scaler = ofKind('HorizontalPodAutoscaler').find(({ metadata }) => metadata.name === 'worker');
  const { kind, spec } = find('worker');
  expect(scaler?.spec).toMatchObject({
    scaleTargetRef: { apiVersion: 'apps/v1', kind, name: 'worker' },
    minReplicas: spec.replicas,
    maxReplicas: PARTITIONS,
    metrics: [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: expect.any(Number) } },
      },
    ],
  });
  // Of what is asked for; without that there is nothing to scale by.
  expect(spec.template.spec.containers[0].resources.requests).toHaveProperty('cpu');
});

/** CHATBENCH_CONFIG of a pod, with the variables that come before it put in as Kubernetes does. */
function readConfig(name: string): unknown {
  const values = new Map<string, string>();
  for (const { name: key, value, valueFrom } of find(name).spec.template.spec.containers[0].env) {
    const field = valueFrom?.fieldRef?.fieldPath;
    const given = field === 'metadata.name' ? `${name}-0` : 'c0ffee';
    values.set(
      key,
      (value ?? given).replaceAll(/\$\((\w+)\)/g, (whole, other) => values.get(other) ?? whole),
    );
  }
  return JSON.parse(values.get('CHATBENCH_CONFIG') ?? 'null');
}
