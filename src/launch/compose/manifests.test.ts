import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { gatewayConfig } from '../../cluster/gateway/gateway-config.ts';
import { metricOf } from '../../cluster/metrics/figures.ts';
import { workerConfig } from '../../cluster/worker/worker-config.ts';

const probe = z.object({
  httpGet: z.object({ path: z.string(), port: z.string() }).optional(),
  exec: z.object({ command: z.array(z.string()) }).optional(),
});
const variable = z.object({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z
    .object({
      fieldRef: z.object({ fieldPath: z.string() }).optional(),
      secretKeyRef: z.object({ name: z.string(), key: z.string() }).optional(),
    })
    .optional(),
});
const container = z.object({
  name: z.string(),
  image: z.string(),
  command: z.array(z.string()).optional(),
  env: z.array(variable).default([]),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })),
  livenessProbe: probe,
  readinessProbe: probe,
  resources: z.object({
    requests: z.object({ cpu: z.string(), memory: z.string() }),
    limits: z.object({ memory: z.string() }),
  }),
});
const workload = z.object({
  kind: z.enum(['Deployment', 'StatefulSet']),
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    replicas: z.number(),
    selector: z.object({ matchLabels: z.object({ app: z.string() }) }),
    template: z.object({
      metadata: z.object({
        labels: z.object({ app: z.string() }),
        annotations: z.record(z.string(), z.string()).optional(),
      }),
      spec: z.object({ containers: z.tuple([container]) }),
    }),
  }),
});
const service = z.object({
  kind: z.literal('Service'),
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    type: z.string().optional(),
    sessionAffinity: z.string().optional(),
    selector: z.object({ app: z.string() }),
    ports: z.array(z.object({ port: z.number() })),
  }),
});
const autoscaler = z.object({
  kind: z.literal('HorizontalPodAutoscaler'),
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    scaleTargetRef: z.object({ kind: z.string(), name: z.string() }),
    metrics: z.array(z.record(z.string(), z.unknown())),
  }),
});

const FOLDER = new URL('../../../deploy/kubernetes/', import.meta.url);
const texts = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(new URL(name, FOLDER), 'utf8'));
const documents = texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as unknown));
const workloads = documents.flatMap((document) => workload.safeParse(document).data ?? []);
const services = documents.flatMap((document) => service.safeParse(document).data ?? []);
const autoscalers = documents.flatMap((document) => autoscaler.safeParse(document).data ?? []);

test('every document is a workload, a service or an autoscaler', () => {
  expect(workloads.map(({ metadata }) => metadata.name).sort()).toEqual([
    'gateway',
    'postgres',
    'rabbitmq',
    'redis',
    'worker',
  ]);
  expect(workloads.length + services.length + autoscalers.length).toBe(documents.length);
});

test('every workload is reached through a service of its name, on a port that it has', () => {
  for (const { metadata, spec } of workloads) {
    const { app } = spec.template.metadata.labels;
    expect([app, spec.selector.matchLabels.app]).toEqual([metadata.name, metadata.name]);
    const reached = services.find(({ spec: { selector } }) => selector.app === app);
    expect(reached?.metadata.name).toBe(metadata.name);
    const open = spec.template.spec.containers[0].ports.map(({ containerPort }) => containerPort);
    expect(open).toEqual(reached?.spec.ports.map(({ port }) => port));
  }
});

test('no service binds clients to a gateway, and none is open to the outside', () => {
  for (const { spec } of services) {
    expect(spec.sessionAffinity ?? 'None').toBe('None');
    expect(spec.type ?? 'ClusterIP').toBe('ClusterIP');
  }
});

test('every image has a version that does not float', () => {
  for (const { spec } of workloads) {
    // Postgres has no third number.
    expect(spec.template.spec.containers[0].image).toMatch(/^(postgres:\d+\.\d+|[a-z-]+:\d+\.\d+\.\d+)(-[a-z]+)?$/);
  }
});

test('secrets are referred to, never contained', () => {
  const variables = workloads.flatMap(({ spec }) => spec.template.spec.containers[0].env);
  const secret = variables.filter(({ name }) => /PASS|AUTH/.test(name));
  expect(secret).toHaveLength(5);
  for (const { value, valueFrom } of secret) {
    expect([value, valueFrom?.secretKeyRef]).toEqual([undefined, { name: 'chatbench', key: 'password' }]);
  }
  expect(documents.filter((document) => (document as { kind: string }).kind === 'Secret')).toEqual([]);
});

test('gateways and workers are given a configuration that they accept, and one number of partitions', () => {
  const gateway = gatewayConfig.parse(readConfig('gateway', 0));
  const workers = workloads.find(({ metadata }) => metadata.name === 'worker')?.spec.replicas ?? 0;
  expect(workers).toBeGreaterThan(1);
  for (let index = 0; index < workers; index++) {
    const worker = workerConfig.parse(readConfig('worker', index));
    expect(worker).toMatchObject({ index, workers, partitions: gateway.partitions, host: '0.0.0.0', port: 8080 });
  }
  expect(gateway).toMatchObject({ partitions: workers, host: '0.0.0.0', port: 8080 });
});

test('the brokers that they are pointed at are services of these manifests', () => {
  const names = services.map(({ metadata }) => metadata.name);
  for (const [name, value] of Object.entries(readConfig('worker', 0) as Record<string, unknown>)) {
    if (name.endsWith('Url')) expect(names).toContain(new URL(String(value)).hostname);
  }
});

test('nodes are probed for life and readiness where they answer, and scraped there', () => {
  for (const name of ['gateway', 'worker']) {
    const { metadata, spec } = podOf(name);
    const [{ livenessProbe, readinessProbe, ports }] = spec.containers;
    expect(livenessProbe.httpGet).toEqual({ path: '/healthz', port: ports[0]?.name });
    expect(readinessProbe.httpGet).toEqual({ path: '/health', port: ports[0]?.name });
    expect(metadata.annotations).toMatchObject({ 'prometheus.io/port': '8080', 'prometheus.io/path': '/metrics' });
  }
});

test('gateways are scaled by memory and by 5,000 connections each', () => {
  const [{ spec } = { spec: { scaleTargetRef: null, metrics: [] } }] = autoscalers;
  expect(spec.scaleTargetRef).toMatchObject({ kind: 'Deployment', name: 'gateway' });
  expect(spec.metrics).toEqual([
    {
      type: 'Pods',
      pods: {
        metric: { name: metricOf('connections').name },
        target: { type: 'AverageValue', averageValue: '5000' },
      },
    },
    {
      type: 'Resource',
      resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: expect.any(Number) } },
    },
  ]);
});

function podOf(name: string) {
  const found = workloads.find(({ metadata }) => metadata.name === name);
  if (found === undefined) throw new Error(`expected a workload ${name}`);
  return found.spec.template;
}

/** CHATBENCH_CONFIG of a pod, with the variables that come before it put in as Kubernetes does. */
function readConfig(name: string, index: number): unknown {
  const { env } = podOf(name).spec.containers[0];
  const values = new Map<string, string>();
  for (const { name: key, value, valueFrom } of env) {
    const field = valueFrom?.fieldRef?.fieldPath;
    const given = field === 'metadata.name' ? `${name}-${index}` : field === undefined ? 'c0ffee' : String(index);
    values.set(
      key,
      (value ?? given).replaceAll(/\$\((\w+)\)/g, (whole, other) => values.get(other) ?? whole),
    );
  }
  return JSON.parse(values.get('CHATBENCH_CONFIG') ?? 'null');
}
